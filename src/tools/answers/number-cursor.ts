import { GoalAgentError } from '../../domain/errors.ts';

// The cursor of a list that goes from the highest number down.

/** The cursor of the page after the row of this number. */
export function cursorBefore(number: number): string {
  return `before-${number}`;
}

/** @throws GoalAgentError `invalid` for what `cursorBefore` did not make. */
export function numberOfCursor(cursor: string, tool: string): number {
  const number = /^before-(\d{1,15})$/.exec(cursor)?.[1];
  if (number === undefined) {
    throw new GoalAgentError(
      'invalid',
      `${tool}: cursor is not one that ${tool} gave; leave it out to start from the newest.`,
    );
  }
  return Number(number);
}
