// The texts of IDs, without the schemas that check them: the board uses these in a browser, where a schema library is heavy.

/** `GOAL-0007`, `TASK-12345`: at least four digits, so that text up to 9999 sorts as numbers do. */
export function goalIdOf(number: number): string {
  return idOf('GOAL', number);
}

export function taskIdOf(number: number): string {
  return idOf('TASK', number);
}

/** The canonical task ID that this text means, or undefined when the text is no task ID. */
export function parseTaskId(text: string): string | undefined {
  return parseId('TASK', text);
}

/** The canonical ID of one kind that this text means, or undefined when the text is none. */
export function parseId(prefix: 'GOAL' | 'TASK', text: string): string | undefined {
  const digits = new RegExp(`^\\s*${prefix}-(\\d{1,15})\\s*$`, 'i').exec(text)?.[1];
  return digits === undefined ? undefined : idOf(prefix, Number(digits));
}

function idOf(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(4, '0')}`;
}
