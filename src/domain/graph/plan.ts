import { type CriticalPath, criticalPath } from './critical-path.ts';
import { type PhasePlan, planPhases } from './plan-phases.ts';
import type { Edge, PlannedTask } from './planned-task.ts';
import { readyTaskIds } from './ready-task-ids.ts';
import { buildTaskGraph } from './task-graph.ts';
import { type UnblocksMost, unblocksMost } from './unblocks-most.ts';

export type GoalPlan = PhasePlan & {
  criticalPath: CriticalPath;
  /** The five tasks that the most others wait for. */
  unblocksMost: UnblocksMost;
  /** Tasks that could start now, if the goal is open. */
  readyTaskIds: string[];
};

/**
 * The plan of a goal's unfinished work, from its tasks, ordered by number, and their edges. bench/plan.ts measures it.
 */
export function planGoal(tasks: readonly PlannedTask[], edges: readonly Edge[]): GoalPlan {
  const graph = buildTaskGraph(tasks, edges);
  return {
    ...planPhases(graph),
    criticalPath: criticalPath(graph),
    unblocksMost: unblocksMost(graph, 5),
    readyTaskIds: readyTaskIds(graph),
  };
}
