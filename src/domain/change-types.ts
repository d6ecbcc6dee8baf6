import { type Change, changeTypes, isChangeType } from './change.ts';

/**
 * What somebody wants to hear of: `task.completed`, or `task` or `task.*` for all that happens to tasks. Undefined for a
 * text that is none of these.
 */
export function parseWantedType(text: string): string | undefined {
  const wanted = text.trim().toLowerCase().replace(/\.\*$/, '');
  const isKnown = isChangeType(wanted) || changeTypes.some((type) => type.startsWith(`${wanted}.`));
  return isKnown ? wanted : undefined;
}

/** Whether a change is of one of these types; all are meant when there are none. */
export function isWanted({ type, kind }: Pick<Change, 'type' | 'kind'>, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.includes(type) || wanted.includes(kind);
}
