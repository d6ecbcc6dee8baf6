import type { Edge } from '../../../src/domain/graph/planned-task.ts';
import type { AGoal } from './goals.ts';

/** The slow and obvious answers that the fast ones are compared with. */

/** Per ID the IDs that it depends on, through others too: Warshall's closure. */
export function closure(ids: readonly string[], edges: readonly Edge[]): Map<string, Set<string>> {
  const reach = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { taskId, dependsOnId } of edges) if (reach.has(dependsOnId)) reach.get(taskId)?.add(dependsOnId);
  for (const through of ids) {
    for (const reached of reach.values())
      if (reached.has(through)) for (const id of reach.get(through) ?? []) reached.add(id);
  }
  return reach;
}

/** The length of the shortest cycle: the least diagonal entry of Floyd and Warshall's distances. Infinity when there is none. */
export function shortestCycleLength(ids: readonly string[], edges: readonly Edge[]): number {
  const has = new Set(edges.map(({ taskId, dependsOnId }) => `${taskId} ${dependsOnId}`));
  const distance = ids.map((from) => ids.map((to) => (has.has(`${from} ${to}`) ? 1 : Number.POSITIVE_INFINITY)));
  for (const [k, through] of distance.entries()) {
    for (const row of distance) {
      for (const [to, onward] of through.entries()) row[to] = Math.min(row[to] ?? 0, (row[k] ?? 0) + onward);
    }
  }
  return Math.min(Number.POSITIVE_INFINITY, ...distance.map((row, index) => row[index] ?? 0));
}

/** The unfinished tasks that are on no cycle of unfinished tasks, with the edges between them. */
export function openPart({ tasks, edges }: AGoal) {
  const unfinished = tasks.filter(({ status }) => status !== 'completed' && status !== 'cancelled');
  const ids = unfinished.map((task) => task.id);
  const among = (some: readonly string[]) =>
    edges.filter(({ taskId, dependsOnId }) => some.includes(taskId) && some.includes(dependsOnId));
  const reach = closure(ids, among(ids));
  const cyclic = ids.filter((id) => reach.get(id)?.has(id));
  const open = unfinished.filter((task) => !cyclic.includes(task.id));
  return { open, cyclic, openEdges: among(open.map((task) => task.id)) };
}

/** Every chain of dependent tasks, first to last, by plain enumeration. */
export function everyChain(ids: readonly string[], edges: readonly Edge[]): string[][] {
  const next = (id: string) => [...new Set(edges.filter((edge) => edge.dependsOnId === id).map((edge) => edge.taskId))];
  const from = (id: string): string[][] => [
    [id],
    ...next(id)
      .flatMap(from)
      .map((chain) => [id, ...chain]),
  ];
  return ids.flatMap(from);
}
