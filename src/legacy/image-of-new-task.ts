import type { JsonObject } from '../domain/json.ts';
import type { TaskRow } from './check/types.ts';

/** A new task as history keeps it: to the letter what the store's `taskImage` makes of its row, in UTC. */
export function imageOfNewTask({ exists, ...task }: TaskRow): JsonObject {
  return {
    ...task,
    created_at: asInImages(task.created_at),
    updated_at: asInImages(task.updated_at),
    completed_at: task.completed_at === null ? null : asInImages(task.completed_at),
    places: [...task.dependencies.keys()],
    revision: 1,
    claimed_by: null,
    lease_expires_at: null,
    fence: 0,
    attempts: 0,
  };
}

/** As PostgreSQL writes an instant into JSON: no zeros at the end of a fraction. */
function asInImages(utc: string): string {
  return utc.replace(/\.?0*Z$/, '+00:00');
}
