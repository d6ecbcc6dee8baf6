import type { BoardGoal, Kin, Whole } from '../../goal/task.ts';
import type { WholeNote } from '../../goal/whole-task.ts';
import type { GoalEntry } from '../../state/goals.ts';
import { callTool } from './call-tool.ts';
import { listEvents } from './history.ts';
import { boardTask, getTasks, listTasks, type ToldTask } from './tasks.ts';

// What the page reads in one answer of the service, out of several answers of tools: those fit into a context window.

const mostTasks = 20_000;
const mostGoals = 200;
const mostCurrent = 1_000;
const stuckStatuses = ['failed', 'blocked'];

type ToldGoal = Omit<BoardGoal, 'open_tasks' | 'revision'> & { completed_tasks: number; whole?: Whole };
type ToldKin = {
  parents?: Kin['above'];
  sub_goal_details?: (Omit<Kin['subGoals'][number], 'goals'> & { goals?: number })[];
  whole?: Whole;
};

const boardGoal = ({ completed_tasks, ...goal }: ToldGoal): BoardGoal => ({
  ...goal,
  labels: goal.labels ?? [],
  due_at: goal.due_at ?? null,
  parent_goal_id: goal.parent_goal_id ?? null,
  open_tasks: goal.total_tasks - completed_tasks,
  revision: 0,
});

/** A goal with all its tasks, and how dependencies stand that are tasks of other goals. */
export async function goalBoard(goalId: string, signal: AbortSignal | undefined) {
  const [goal, tasks] = await Promise.all([
    callTool<ToldGoal & ToldKin>('get_goal', { goal_id: goalId, full: true }, signal),
    listTasks({ goal_id: goalId }, { most: mostTasks, signal }),
  ]);
  return { goal: boardGoal(goal), tasks, outside: await outsideOf(tasks), kin: kinOf(goal) };
}

function kinOf({ parents = [], sub_goal_details = [], whole }: ToldKin): Kin | undefined {
  if (parents.length + sub_goal_details.length === 0) return undefined;
  return { above: parents, subGoals: sub_goal_details.map((each) => ({ ...each, goals: each.goals ?? 0 })), whole };
}

/** Tasks as they are now. */
export async function someTasks({ ids = '' }: Record<string, string>) {
  const tasks = await getTasks(ids.split(','));
  return { tasks, outside: await outsideOf(tasks) };
}

async function outsideOf(tasks: readonly { id: string; dependencies: string[] }[]): Promise<Record<string, string>> {
  const known = new Set(tasks.map(({ id }) => id));
  const others = [...new Set(tasks.flatMap(({ dependencies }) => dependencies))].filter((id) => !known.has(id));
  return Object.fromEntries((await getTasks(others)).map(({ id, status }) => [id, status]));
}

/** Goals, newest first, the archived ones or all others, with what is under way in each. */
export async function goalList({ before, archived }: Record<string, string>) {
  const [told, ...current] = await Promise.all([
    listGoals(before, archived === undefined ? {} : { status: 'archived' }),
    ...currentTasks(),
  ]);
  const open = current.flat();
  return {
    next: told.next,
    goals: told.goals.map((goal): GoalEntry => {
      const own = open.filter(({ goal_id }) => goal_id === goal.id);
      const working = own.filter(({ status }) => status === 'in_progress');
      return {
        ...boardGoal(goal),
        number: Number(goal.id.slice(5)),
        in_progress: working.length,
        stuck: own.length - working.length,
        holders: [...new Set(working.flatMap(({ claimed_by }) => claimed_by ?? []))],
      };
    }),
  };
}

function currentTasks() {
  return ['in_progress', ...stuckStatuses].map((status) => listTasks({ status }, { most: mostCurrent }));
}

async function listGoals(
  before: string | undefined,
  filter: { status?: string },
): Promise<{ goals: ToldGoal[]; next: string | undefined }> {
  const goals: ToldGoal[] = [];
  let cursor = before;
  do {
    const args = { ...filter, limit: mostGoals, ...(cursor !== undefined && { cursor }) };
    const told = await callTool<{ goals: ToldGoal[]; next_cursor?: string }>('list_goals', args);
    goals.push(...told.goals);
    cursor = told.next_cursor;
  } while (cursor !== undefined && goals.length < mostGoals);
  return { goals, next: cursor };
}

/** Who does what, what is stuck and ready, and what was finished since. */
export async function nowBoard({ since = '8h' }: Record<string, string>) {
  const [ready, finished, ...current] = await Promise.all([
    callTool<{ tasks: ToldTask[]; total: number }>('get_next_tasks', { limit: 20 }),
    finishedSince(since),
    ...currentTasks(),
  ]);
  return {
    current: current.flatMap((tasks) => tasks.map((task) => ({ ...task, at: task.updated_at, total: tasks.length }))),
    ready: ready.tasks.map((task) => ({ ...boardTask(task), total: ready.total })),
    finished,
  };
}

/** The newest notes: tools answer for a context window. */
export async function someNotes({ task_id, goal_id }: Record<string, string>) {
  const args = { ...(task_id === undefined ? { goal_id } : { task_id }), full: true };
  const tool = task_id === undefined ? 'get_goal' : 'get_task';
  const { notes = [], notes_count } = await callTool<{ notes?: WholeNote[]; notes_count?: number }>(tool, args);
  return { notes, total: notes_count ?? notes.length };
}

const mostEvents = 1_000;

/** Tasks whose completion is in the history since then, and that are completed still. */
async function finishedSince(since: string) {
  const ids = new Set<string>();
  let cursor: string | undefined;
  let read = 0;
  do {
    const { events, next } = await listEvents({ since }, { limit: 200, cursor });
    for (const { task_id, what } of events) {
      if (task_id !== null && /^(?:[a-z0-9, ]+: )?status \w+ → completed\b/.test(what)) ids.add(task_id);
    }
    read += events.length;
    cursor = next;
  } while (cursor !== undefined && read < mostEvents);
  const done = (await getTasks([...ids])).filter(({ status }) => status === 'completed');
  done.sort((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? ''));
  return done.map((task) => ({ ...task, at: task.completed_at ?? task.updated_at, total: done.length }));
}
