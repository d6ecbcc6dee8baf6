import { z } from 'zod';

/** `GOAL-0007`, `TASK-12345`: at least four digits, so that text up to 9999 sorts as numbers do. */
export function goalIdOf(number: number): string {
  return idOf('GOAL', number);
}

export function taskIdOf(number: number): string {
  return idOf('TASK', number);
}

/** A goal's ID as people and agents write it (`goal-1`, `GOAL-0001`), turned into the stored form. */
export const GoalId = idSchema('GOAL');
/** A task's ID as people and agents write it (`task-1`, `TASK-0001`), turned into the stored form. */
export const TaskId = idSchema('TASK');

/** The canonical task ID that this text means, or undefined when the text is no task ID. */
export function parseTaskId(text: string): string | undefined {
  return parseId('TASK', text);
}

function idOf(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(4, '0')}`;
}

function parseId(prefix: string, text: string): string | undefined {
  const digits = new RegExp(`^\\s*${prefix}-(\\d{1,15})\\s*$`, 'i').exec(text)?.[1];
  return digits === undefined ? undefined : idOf(prefix, Number(digits));
}

function idSchema(prefix: 'GOAL' | 'TASK') {
  return z.string().transform((text, context) => {
    const id = parseId(prefix, text);
    if (id !== undefined) return id;
    context.addIssue({
      code: 'custom',
      message: `is not the form of a ${prefix.toLowerCase()} ID; write ${prefix}-0001`,
    });
    return z.NEVER;
  });
}
