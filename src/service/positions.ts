import { GoalAgentError } from '../domain/errors.ts';

/** Where a reader of the changes is: after the event of this number. The mark tells it from another that had the number. */
export interface Place {
  seq: number;
  mark: string;
}

/** Before the first change. */
export const start = '0';

/** A position as readers keep it. */
export function writePosition(place: Place | undefined): string {
  return place === undefined ? start : `${place.seq}-${place.mark}`;
}

/**
 * Undefined for the start.
 *
 * @throws GoalAgentError `invalid` where the text was never a position.
 */
export function parsePosition(position: string): Place | undefined {
  if (position === start) return undefined;
  const [, seq, mark] = /^(\d{1,15})-([0-9a-f]{12})$/.exec(position) ?? [];
  if (seq !== undefined && mark !== undefined) return { seq: Number(seq), mark };
  throw new GoalAgentError(
    'invalid',
    'That is no position in the changes. Give the position of a change that was told before, or 0 for all that are kept.',
  );
}

/** What a reader is told whose position is of another database, or of a history that is gone. */
export function positionIsGone(): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    'This position is not in the history of this workspace any more: the database was restored from a backup, recovered from a crash, or is another one. Read the present state again, and follow the changes from there without a position.',
  );
}

/** What a reader is told that was away while the changes after its position went to a file. */
export function positionIsArchived(): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    'Changes after this position went to an archive of the history, and cannot be told any more. Read the present state again, and follow the changes from there without a position.',
  );
}
