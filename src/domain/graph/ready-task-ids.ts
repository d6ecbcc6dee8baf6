import { at } from './adjacency.ts';
import { byPriority } from './by-priority.ts';
import type { TaskGraph } from './task-graph.ts';

/**
 * IDs of the tasks that are pending and whose every dependency is completed, by priority and then number. The caller
 * knows whether their goal is open, the other half of "ready".
 */
export function readyTaskIds({ tasks, dependencies: { starts }, waitsFor }: TaskGraph): string[] {
  const hasNoDependency = (node: number) => at(starts, node) === at(starts, node + 1) && !waitsFor.has(node);
  return byPriority(tasks.filter((task, node) => task.status === 'pending' && hasNoDependency(node)));
}
