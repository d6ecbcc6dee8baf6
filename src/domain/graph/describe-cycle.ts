/** IDs of a cycle shown on each side of the gap in a long one: a message stays readable, and well inside the bound of an answer. */
const SHOWN_EACH_SIDE = 10;

/**
 * A cycle as people read it, `TASK-0004 → TASK-0007 → TASK-0004`. A long cycle is cut in the middle, with the number of
 * tasks left out.
 */
export function describeCycle(cycle: readonly string[]): string {
  const hidden = cycle.length - 2 * SHOWN_EACH_SIDE;
  if (hidden <= 1) return cycle.join(' → ');
  return [...cycle.slice(0, SHOWN_EACH_SIDE), `… ${hidden} more …`, ...cycle.slice(-SHOWN_EACH_SIDE)].join(' → ');
}
