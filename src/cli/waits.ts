import { getTasks } from '../service/tasks.ts';
import type { CommandHost } from './actions.ts';
import type { TaskRow } from './render/tasks.ts';

/** The tasks, each pending one with the dependencies that are not completed. */
export async function withWaits<T extends TaskRow & { dependencies?: string[]; waived?: boolean | undefined }>(
  { call }: CommandHost,
  tasks: T[],
): Promise<(T & { waitsFor: string[] })[]> {
  const done = new Set(tasks.filter(({ status, waived }) => status === 'completed' || waived).map(({ id }) => id));
  const known = new Set(tasks.map(({ id }) => id));
  const needed = tasks.filter(({ status }) => status === 'pending').flatMap(({ dependencies = [] }) => dependencies);
  const unknown = [...new Set(needed)].filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const { tasks: others } = await getTasks(call, unknown);
    for (const { id, status, waived } of others) if (status === 'completed' || waived) done.add(id);
  }
  return tasks.map((task) => ({
    ...task,
    waitsFor: task.status === 'pending' ? (task.dependencies ?? []).filter((id) => !done.has(id)) : [],
  }));
}
