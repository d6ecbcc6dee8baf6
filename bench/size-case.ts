/** Calls a tool of the store that is measured. */
export type Ask = (tool: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** A call that is asked of stores of every size. */
export interface SizeCase {
  name: string;
  tool: string;
  /** Makes what the call needs; it is not measured. */
  before?: (ask: Ask, place: Place) => Promise<Record<string, unknown>>;
  /** `made` is what `before` gave. */
  args: (place: Place, made: Record<string, unknown>) => Record<string, unknown>;
}

export interface Place {
  /** The number of the run. */
  run: number;
  /** How many tasks there are. */
  tasks: number;
}

/** Work happens at the newest thousand. */
const numberOf = ({ run, tasks }: Place) => tasks - ((run * 7_919) % 1_000);
const idOf = (kind: string, number: number) => `${kind}-${String(number).padStart(4, '0')}`;
export const taskOf = (place: Place) => idOf('TASK', numberOf(place));
export const goalOf = (place: Place) => idOf('GOAL', 1 + (((numberOf(place) - 1) / 10) | 0));
export const openGoalOf = ({ run, tasks }: Place) => idOf('GOAL', Math.ceil(tasks / 10) - (run % 20));
/** A task of the newest goals that nobody holds. */
export const freeTaskOf = ({ run, tasks }: Place) => idOf('TASK', tasks - 3 - 10 * (run % 40));
