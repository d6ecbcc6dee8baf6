import type { Image } from '../event.ts';
import { isChanged, stateColumns, type UndoneRow } from './rows.ts';

// The state that a row gets back when operations on it are taken back.

/** An agent's hold, as images have it. */
export interface RestoredClaim {
  id: string;
  claimed_by: string;
  lease_expires_at: string;
}

/** A task's image, and the claim that comes back; `movesClaim` where the present claim goes. */
export interface RestoredTask {
  image: Image;
  claim: RestoredClaim | undefined;
  movesClaim: boolean;
}

const taskColumns = [
  'goal_id',
  'description',
  'type',
  'priority',
  'repo',
  'jira_ticket',
  'estimated_effort',
  'assigned_tools',
  'labels',
  'criteria',
  'due_at',
  'created_at',
  'result',
  'attempts',
];
const goalColumns = [
  'description',
  'priority',
  'repos',
  'labels',
  'due_at',
  'strict',
  'parent_goal_id',
  'created_at',
  'metadata',
];

/**
 * A task that exists, with the earlier values of the columns that the operations changed. Its status, the time of its
 * completion and its holder belong together. A claim that is taken back raises the fence, so that its holder is
 * refused. `now` is the database's clock.
 */
export function restoredTask(row: UndoneRow, current: Image, now: string): RestoredTask {
  const image = restore(row, current, taskColumns);
  if (isChanged(row, 'fence') && Number(row.last.fence) > Number(row.first.fence))
    image.fence = Number(image.fence) + 1;
  if (!stateColumns.some((column) => isChanged(row, column))) {
    return { image, claim: undefined, movesClaim: false };
  }
  const claim = claimOf(row, now);
  const ranOut = isClaimed(row.first) && claim === undefined;
  if ('status' in row.first) image.status = ranOut ? 'pending' : (row.first.status ?? null);
  for (const column of ['completed_at', 'waived', 'defer_until']) {
    if (column in row.first) image[column] = row.first[column] ?? null;
  }
  return { image, claim, movesClaim: true };
}

/** A task that comes back. Revision and fence go on from the highest that it ever had: it may have been back before. */
export function returnedTask(row: UndoneRow, highest: { revision: number; fence: number }, now: string): RestoredTask {
  const claim = claimOf(row, now);
  const { removed, first } = row;
  const fence = Math.max(highest.fence, Number(removed?.fence ?? 0));
  const image = {
    ...first,
    status: isClaimed(first) && claim === undefined ? 'pending' : (first.status ?? null),
    revision: Math.max(highest.revision, Number(removed?.revision ?? 0)) + 1,
    fence: fence > Number(first.fence ?? 0) ? fence + 1 : fence,
  };
  return { image, claim, movesClaim: false };
}

/**
 * A goal that exists, with the earlier values of the columns that the operations changed; its status follows other
 * rules.
 */
export function restoredGoal(row: UndoneRow, current: Image): Image {
  return restore(row, current, goalColumns);
}

/** A goal that comes back. */
export function returnedGoal({ first, removed }: UndoneRow, highestRevision: number): Image {
  return { ...first, revision: Math.max(highestRevision, Number(removed?.revision ?? 0)) + 1 };
}

function restore(row: UndoneRow, current: Image, columns: readonly string[]): Image {
  const image = { ...current };
  for (const column of columns) if (isChanged(row, column)) image[column] = row.first[column] ?? null;
  return image;
}

function isClaimed(image: Image): boolean {
  return typeof image.claimed_by === 'string';
}

/** A lease that has ended since does not come back. */
function claimOf({ id, first }: UndoneRow, now: string): RestoredClaim | undefined {
  const { claimed_by, lease_expires_at } = first;
  if (typeof claimed_by !== 'string' || typeof lease_expires_at !== 'string') return undefined;
  return Date.parse(lease_expires_at) > Date.parse(now) ? { id, claimed_by, lease_expires_at } : undefined;
}
