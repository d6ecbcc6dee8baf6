import { at } from './adjacency.ts';
import { byPriority } from './by-priority.ts';
import type { PlannedTask } from './planned-task.ts';
import type { TaskGraph } from './task-graph.ts';

/** Tasks that may run at the same time, by priority and then number. Phase n + 1 needs phase n; the first is 1. */
export type Phase = { phase: number; taskIds: string[] };

export type PhasePlan = {
  phases: Phase[];
  /** By task ID: unfinished dependencies that are in no phase, because they are outside of the goal or on a cycle. */
  waitsFor: Map<string, string[]>;
  /** Tasks on a cycle of dependencies, which are in no phase. */
  cyclic: readonly string[];
};

/** Each unfinished task in the earliest phase that comes after the phases of all its dependencies. Linear. */
export function planPhases({ tasks, order, level, waitsFor, cyclic }: TaskGraph): PhasePlan {
  const deepest = order.at(-1);
  const levels = Array.from({ length: deepest === undefined ? 0 : at(level, deepest) + 1 }, (): PlannedTask[] => []);
  for (const [node, task] of tasks.entries()) levels[at(level, node)]?.push(task);
  const phases = levels.map((level, index) => ({ phase: index + 1, taskIds: byPriority(level) }));
  const waiting = Array.from(waitsFor, ([node, ids]): [string, string[]] => [
    (tasks[node] as PlannedTask).id,
    [...ids],
  ]);
  return { phases, waitsFor: new Map(waiting), cyclic };
}
