import type { BoardTask } from '../../goal/task.ts';
import { callTool } from './call-tool.ts';

/** A task in an answer; a list leaves out what is empty. */
export type ToldTask = Pick<BoardTask, 'id' | 'goal_id' | 'description' | 'status'> & Partial<BoardTask>;

/** Tasks of one page, and of one answer by IDs. */
const page = 200;
/** Which goal a task belongs to, of each task that was read. */
const goalOfTask = new Map<string, string>();

/** A task as the page keeps it. Tools tell no revisions: `isSeen` of a change stands for them. */
export function boardTask(told: ToldTask): BoardTask {
  goalOfTask.set(told.id, told.goal_id);
  return {
    id: told.id,
    goal_id: told.goal_id,
    description: told.description,
    status: told.status,
    priority: told.priority ?? 'medium',
    type: told.type ?? 'general',
    estimated_effort: told.estimated_effort ?? null,
    labels: told.labels ?? [],
    criteria_met: told.criteria_met ?? null,
    due_at: told.due_at ?? null,
    waived: told.waived ?? false,
    defer_until: told.defer_until ?? null,
    claimed_by: told.claimed_by ?? null,
    lease_expires_at: told.lease_expires_at ?? null,
    updated_at: told.updated_at ?? '',
    completed_at: told.completed_at ?? null,
    revision: 0,
    dependencies: told.dependencies ?? [],
  };
}

/** All tasks that fit a filter, up to `most`, oldest first. */
export async function listTasks(filter: object, { most, signal }: { most: number; signal?: AbortSignal | undefined }) {
  const found: BoardTask[] = [];
  for (let cursor: string | undefined; found.length < most; ) {
    const args = { ...filter, limit: page, ...(cursor !== undefined && { cursor }) };
    const { tasks, next_cursor } = await callTool<{ tasks: ToldTask[]; next_cursor?: string }>(
      'list_tasks',
      args,
      signal,
    );
    found.push(...tasks.map(boardTask));
    if (next_cursor === undefined) break;
    cursor = next_cursor;
  }
  return found.reverse();
}

/** Tasks by their IDs; those that are gone are left out. */
export async function getTasks(ids: readonly string[]): Promise<BoardTask[]> {
  const found: BoardTask[] = [];
  for (let left = [...ids]; left.length > 0; ) {
    const asked = left.slice(0, page);
    const { tasks, not_shown = [] } = await callTool<{ tasks: ToldTask[]; not_shown?: string[] }>('batch_get_tasks', {
      task_ids: asked,
    });
    found.push(...tasks.map(boardTask));
    // an answer that shows nothing would be asked for without an end
    left = [...(not_shown.length < asked.length ? not_shown : []), ...left.slice(page)];
  }
  return found;
}

/** The goal of each of these tasks, as far as the tasks are there or were. */
export async function goalsOfTasks(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  await getTasks([...new Set(ids)].filter((id) => !goalOfTask.has(id)));
  return goalOfTask;
}
