import { isClosedTask } from '../closed-task.ts';
import { type Adjacencies, indexEdges } from './adjacency.ts';
import { cyclicNodes } from './cyclic-nodes.ts';
import type { Edge, PlannedTask } from './planned-task.ts';
import { type TopologicalOrder, topologicalOrder } from './topological-order.ts';

/** A goal's unfinished tasks as a graph without cycles: node v is `tasks[v]`. */
export type TaskGraph = Adjacencies &
  TopologicalOrder & {
    /** Unfinished tasks that are on no cycle, in the order given. */
    readonly tasks: readonly PlannedTask[];
    /** Every task given, finished and cyclic ones too. */
    readonly allTasks: readonly PlannedTask[];
    /**
     * By node: the unfinished dependencies that are not in the graph, because they are outside of the goal or on a
     * cycle.
     */
    readonly waitsFor: ReadonlyMap<number, ReadonlySet<string>>;
    /** IDs of unfinished tasks on a cycle, in the order given. The store refuses cycles; imported data may bring one. */
    readonly cyclic: readonly string[];
  };

/**
 * Indexes a goal's tasks, given in the order of their numbers, and their edges, once for every question about its plan.
 * A completed task satisfies its dependents and is not in the graph; nor is a cancelled one, for which they go on waiting.
 * Linear. Edges may repeat, and may lead out of the goal ({@link Edge}).
 */
export function buildTaskGraph(allTasks: readonly PlannedTask[], edges: readonly Edge[]): TaskGraph {
  const unfinished = allTasks.filter((task) => !isClosedTask(task.status));
  const graph = indexTasks(unfinished, { allTasks, edges, cyclic: [] });
  if (graph.order.length === graph.size) return graph;
  const onCycle = new Set(cyclicNodes(graph));
  const rest = unfinished.filter((_, node) => !onCycle.has(node));
  const cyclic = unfinished.filter((_, node) => onCycle.has(node)).map((task) => task.id);
  return indexTasks(rest, { allTasks, edges, cyclic });
}

function indexTasks(
  tasks: readonly PlannedTask[],
  { allTasks, edges, cyclic }: Pick<TaskGraph, 'allTasks' | 'cyclic'> & { edges: readonly Edge[] },
): TaskGraph {
  const ids = tasks.map((task) => task.id);
  const { adjacencies, outside } = indexEdges(ids, edges);
  const completed = new Set(allTasks.filter((task) => task.status === 'completed').map((task) => task.id));
  const waitsFor = new Map<number, Set<string>>();
  for (const { node, edge } of outside) {
    if (edge.dependsOnStatus === 'completed' || completed.has(edge.dependsOnId)) continue;
    waitsFor.set(node, (waitsFor.get(node) ?? new Set()).add(edge.dependsOnId));
  }
  return { ...adjacencies, ...topologicalOrder(adjacencies), tasks, allTasks, waitsFor, cyclic };
}
