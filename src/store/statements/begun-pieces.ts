/** Where a transaction keeps the ids of the operations that it has begun: nothing on a shard tells which transaction made a row. */
export const begunOperations = `current_setting('goal_agent.begun', true)`;

/** Adds one to those. */
export function noteBegun(id: string): string {
  return `set_config('goal_agent.begun', concat(${begunOperations}, ' ', ${id}), true)`;
}
