import type { Image } from '../event.ts';
import { isOfNote, type PastEvent, type UndoneRow } from './rows.ts';

/** A task depends on another, which has a place among the task's dependencies. */
export interface PlacedEdge {
  taskId: string;
  dependsOnId: string;
  place: number;
}

/** The dependencies that an undo of operations moves. */
export interface UndoneEdges {
  /** Dependencies that come back, or back to their place, of tasks that existed before. */
  coming: PlacedEdge[];
  going: PlacedEdge[];
  /** The former dependents of a task that comes back, without those that were detached from it on purpose. */
  dependents: PlacedEdge[];
}

const keyOf = (taskId: string, dependsOnId: string) => `${taskId} ${dependsOnId}`;

/**
 * The first change of a dependency shows its earlier state. A dependency also goes with a deleted task, without an
 * event of the task that waits: the image of the deleted task has its dependents.
 */
export function undoneEdges(events: readonly PastEvent[], rows: readonly UndoneRow[]): UndoneEdges {
  const tasks = new Map(rows.filter((row) => row.kind === 'task').map((row) => [row.id, row]));
  const changed = changedEdges(events);
  const own = [...changed.values()].filter(({ taskId }) => tasks.get(taskId)?.was);
  const coming: PlacedEdge[] = own.filter((edge) => edge.comes);
  const going: PlacedEdge[] = own.filter((edge) => !edge.comes);
  const dependents: PlacedEdge[] = [];
  const left = new Set(going.map(({ taskId, dependsOnId }) => keyOf(taskId, dependsOnId)));
  for (const { id, was, removed } of tasks.values()) {
    if (!was || removed === null) continue;
    coming.push(...edgesIn(id, removed).filter((edge) => !changed.has(keyOf(id, edge.dependsOnId))));
    for (const { task_id, place } of (removed.dependents ?? []) as unknown as { task_id: string; place: number }[]) {
      if (left.has(keyOf(task_id, id)) || tasks.get(task_id)?.was === false) continue;
      dependents.push({ taskId: task_id, dependsOnId: id, place });
    }
  }
  return { coming, going, dependents };
}

function changedEdges(events: readonly PastEvent[]): Map<string, PlacedEdge & { comes: boolean }> {
  const changed = new Map<string, PlacedEdge & { comes: boolean }>();
  const change = (edge: PlacedEdge, comes: boolean) => {
    const key = keyOf(edge.taskId, edge.dependsOnId);
    if (!changed.has(key)) changed.set(key, { ...edge, comes });
  };
  for (const { action, task_id, before, after } of events) {
    if (task_id === null || isOfNote(action) || !before?.dependencies || !after?.dependencies) continue;
    const [was, is] = [edgesIn(task_id, before), edgesIn(task_id, after)];
    const places = new Map(is.map((edge) => [edge.dependsOnId, edge.place]));
    const earlier = new Set(was.map((edge) => edge.dependsOnId));
    for (const edge of was) if (places.get(edge.dependsOnId) !== edge.place) change(edge, true);
    for (const edge of is) if (!earlier.has(edge.dependsOnId)) change(edge, false);
  }
  return changed;
}

/** The dependencies of a task, by its image. */
export function edgesIn(taskId: string, image: Image): PlacedEdge[] {
  const places = (image.places ?? []) as number[];
  return ((image.dependencies ?? []) as string[]).map((dependsOnId, index) => ({
    taskId,
    dependsOnId,
    place: places[index] ?? index,
  }));
}

/** All dependencies that come back, each once: a task's own, and those of its dependents when the task comes back. */
export function comingEdges({ coming, dependents }: UndoneEdges): PlacedEdge[] {
  const own = new Set(coming.map(({ taskId, dependsOnId }) => keyOf(taskId, dependsOnId)));
  return [...coming, ...dependents.filter(({ taskId, dependsOnId }) => !own.has(keyOf(taskId, dependsOnId)))];
}

/**
 * Dependencies that come back, at free places. Where a place was taken since, the dependency comes last. `staying` are
 * the dependencies of the same tasks that neither come nor go.
 */
export function placed(coming: readonly PlacedEdge[], staying: readonly PlacedEdge[]): PlacedEdge[] {
  const taken = new Map<string, number[]>();
  for (const { taskId, place } of staying) taken.set(taskId, [...(taken.get(taskId) ?? []), place]);
  const counts = new Map<string, number>();
  return coming
    .toSorted((a, b) => a.place - b.place || (a.dependsOnId < b.dependsOnId ? -1 : 1))
    .map((edge) => {
      const places = taken.get(edge.taskId) ?? [];
      const count = (counts.get(edge.taskId) ?? 0) + 1;
      counts.set(edge.taskId, count);
      return places.includes(edge.place) ? { ...edge, place: Math.max(...places) + count } : edge;
    });
}
