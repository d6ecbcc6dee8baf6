import type { HistoryEvent } from '../../domain/history-line.ts';
import type { TaskStatus } from '../../domain/task-status.ts';
import { get, Refusal, request } from '../state/request.ts';
import { session } from '../state/session.ts';
import { tell, tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { loaded, readTasks, reload, showAs, showGoalAs } from './store.ts';
import type { BoardGoal, BoardTask } from './task.ts';

interface StatusDetails {
  /** Of a cancelled task: whether those that depend on it go on without it. */
  waive?: boolean;
  /** Of a deferred task: when it becomes pending by itself. */
  defer_until?: string;
}

/** Sets a task's status: the page shows it at once, and takes it back with words where the service refuses. */
export async function setStatus(id: string, status: TaskStatus, details: StatusDetails = {}): Promise<void> {
  const { waive = false, defer_until = null } = details;
  const completed_at = status === 'completed' ? new Date().toISOString() : null;
  const before = showAs(id, { status, completed_at, waived: waive, defer_until });
  try {
    const { still_waiting: waiting = [] } = await request<{ still_waiting?: string[] }>('PUT', `/tasks/${id}/status`, {
      body: { status, ...details },
    });
    const words = texts.goal.moved(id, texts.status[status] ?? status);
    tell(waiting.length === 0 ? words : `${words} ${texts.goal.stillWaiting(waiting.length)}`, {
      undo: undoOf(`task_id=${id}`),
      next:
        waiting.length === 0
          ? undefined
          : { label: texts.goal.letGo, run: () => setStatus(id, 'cancelled', { waive: true }) },
    });
  } catch (error) {
    if (before !== undefined) showAs(id, before);
    tellError(error);
  }
  await readTasks([id]).catch(() => {});
}

/** Sets a goal's status or priority: the page shows it at once, and takes it back with words where the service refuses. */
export async function setOnGoal(goal: BoardGoal, field: 'status' | 'priority', value: string): Promise<void> {
  const { id, revision, [field]: was } = goal;
  const read = (row: Record<string, unknown>) => String(row[field]);
  showGoalAs({ [field]: value });
  try {
    const saved = await saveField({ path: `/goals/${id}`, field, value, was, revision, read });
    if (saved.kind === 'conflict') showGoalAs({ [field]: saved.theirs });
    else if (field === 'status')
      tell(texts.goal.moved(id, texts.status[value] ?? value), { undo: undoOf(`goal_id=${id}`) });
  } catch (error) {
    showGoalAs({ [field]: was });
    tellError(error);
  }
}

/** Undoes the newest operation that this person has made on a row, as it is now: found at once, so that it stays the same one. */
export function undoOf(row: string): () => Promise<void> {
  const found = get<{ events: HistoryEvent[] }>(`/board/history?${row}`).then(
    ({ events }) => events.find(({ actor }) => actor === session.value?.name)?.operation,
    () => undefined,
  );
  return async () => {
    const operation = await found;
    if (operation === undefined) throw new Refusal(404, { detail: texts.unknownError });
    await request('POST', '/undo', { body: { event_id: operation } });
    await reload();
  };
}

/** What an edit came to. */
export type Saved = { kind: 'saved' } | { kind: 'conflict'; theirs: string; revision: number };

export interface FieldEdit {
  /** The row's address, such as /tasks/TASK-0001. */
  path: string;
  field: string;
  /** What to send for the field. */
  value: unknown;
  /** How the field was when the person began, as `read` gives it. */
  was: string;
  revision: number;
  /** How the change is sent where a PATCH of the field is not all: a result goes with the status. */
  sent?: { method: 'PUT'; path: string; body(value: unknown): Record<string, unknown> } | undefined;
  /** The field of a row, as a text. */
  read(row: Record<string, unknown>): string;
}

/** Saves one field. Where somebody changed the row meanwhile but not the field, it is saved all the same. @throws Refusal */
export async function saveField({ path, field, value, was, revision, sent, read }: FieldEdit): Promise<Saved> {
  const { method, path: to } = sent ?? { method: 'PATCH', path };
  const body = sent?.body(value) ?? { [field]: value };
  for (let held = revision; ; ) {
    try {
      await request(method, to, {
        body,
        held: { revision: held, isSeen: (row) => read(row) === was },
      });
      return { kind: 'saved' };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 412) throw error;
      const { current, revision: now } = error.more as { current?: Record<string, unknown>; revision?: number };
      if (current === undefined || now === undefined) throw error;
      if (read(current) !== was) return { kind: 'conflict', theirs: read(current), revision: now };
      held = now;
    }
  }
}

export async function addTask(description: string): Promise<string> {
  const goalId = loaded.value?.goal.id;
  const { tasks } = await request<{ tasks: BoardTask[] }>('POST', `/goals/${goalId}/tasks`, {
    body: { subtasks: [{ description }] },
  });
  const id = tasks[0]?.id ?? '';
  await readTasks([id]);
  tell(texts.goal.created(id), { undo: undoOf(`task_id=${id}`) });
  return id;
}

export async function deleteTask(id: string): Promise<void> {
  await request('DELETE', `/tasks/${id}`);
  tell(texts.goal.deleted(id), { undo: undoOf(`task_id=${id}`) });
  await reload();
}
