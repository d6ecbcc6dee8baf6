import fc from 'fast-check';
import type pg from 'pg';
import type { GoalStatus } from '../../src/domain/goal.ts';
import { TaskStatus } from '../../src/domain/task-status.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { advanceReady, claimTasks, releaseTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { finishAndClaim } from '../../src/service/finish-and-claim.ts';
import { createGoal, updateGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { setTaskStatus, setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aSubtask } from './builders.ts';

/** What a step works with: goals and tasks that are there, and events to take back; picked by a number, modulo how many there are. */
export interface There {
  sql: pg.Client;
  goals: string[];
  tasks: string[];
  leaseSeconds: number;
}

export interface RandomStep {
  kind: keyof typeof kinds;
  numbers: number[];
  status: TaskStatus;
  goalStatus: GoalStatus;
  /** Which of the two agents it is. */
  agent: number;
}

const pick = (list: string[], number = 0): string => list[number % list.length] ?? '';
const several = (list: string[], numbers: number[]) =>
  list.length === 0 ? [] : [...new Set(numbers.map((number) => pick(list, number)))];

/** Every kind of write that there is. A new one belongs in here. */
const kinds = {
  createGoal(call: Call, { goals }: There, { numbers }: RandomStep) {
    const fields = {
      description: 'g',
      priority: 'low' as const,
      repos: ['r'],
      labels: ['l'],
      strict: true,
      metadata: { a: 1 },
    };
    const parent = (numbers[0] ?? 0) % 2 === 0 ? {} : { parent_goal_id: pick(goals, numbers[1]) };
    return createGoal(call, { ...fields, ...parent });
  },
  nest: (call: Call, { goals }: There, { numbers, goalStatus }: RandomStep) =>
    updateGoal(call, pick(goals, numbers[0]), {
      parent_goal_id: (numbers[1] ?? 0) % 4 === 0 ? null : pick(goals, numbers[2]),
      ...((numbers[1] ?? 0) % 5 === 0 && goalStatus !== 'in_progress' && { status: goalStatus }),
    }),
  breakDown(call: Call, { goals, tasks }: There, { numbers }: RandomStep) {
    const outside = several(tasks, numbers.slice(1, 3));
    const subtasks = numbers.map((number, place) =>
      aSubtask({
        labels: ['a', 'b'].slice(0, number % 3),
        criteria: number % 3 === 0 ? [{ text: 'it runs' }, { text: 'it reads well' }] : [],
        due_at: number % 2 === 0 ? '2030-01-01T00:00:00Z' : null,
        defer_until: number % 7 === 0 ? '2999-01-01T00:00:00Z' : null,
        dependencies: [...(place > 0 ? [`#${place}`] : []), ...(place % 2 === 0 ? outside : [])],
      }),
    );
    return breakDownGoal(call, pick(goals, numbers[0]), subtasks);
  },
  setStatus: (call: Call, { tasks }: There, { numbers, status }: RandomStep) =>
    setTaskStatus(call, {
      taskId: pick(tasks, numbers[0]),
      status,
      result: { n: numbers },
      meet: (numbers[1] ?? 0) % 2 === 0 ? [1, 'it reads well'] : undefined,
      ...laterOrNever(status, numbers),
    }),
  complete: (call: Call, { tasks }: There, { numbers }: RandomStep) =>
    setTaskStatus(call, { taskId: pick(tasks, numbers[0]), status: 'completed' }),
  finish: (call: Call, { tasks, leaseSeconds }: There, { numbers, status }: RandomStep) =>
    finishAndClaim(call, { taskId: pick(tasks, numbers[0]), status, leaseSeconds }),
  setStatuses: (call: Call, { tasks }: There, { numbers, status }: RandomStep) =>
    setTaskStatuses(
      call,
      several(tasks, numbers).map((taskId, place) => ({
        taskId,
        ...(place === 0 ? { status: 'completed' as const } : { status, ...laterOrNever(status, numbers) }),
      })),
    ),
  editTask: (call: Call, { tasks }: There, { numbers }: RandomStep) =>
    updateTask(call, pick(tasks, numbers[0]), {
      criteria: (numbers[1] ?? 0) % 2 === 0 ? { add: [{ text: 'it stays' }], meet: numbers.slice(3) } : undefined,
      edit: {
        ...{ description: `d${numbers[0]}`, repo: null, jira_ticket: 'J-1', tools: ['x'], priority: 'high' },
        ...((numbers[0] ?? 0) % 2 === 0 && { labels: ['b', 'c'], due_at: null }),
      },
    }),
  async rewire(call: Call, { sql, tasks, goals }: There, { numbers }: RandomStep) {
    const task = pick(tasks, numbers[0]);
    const dependsOn = await idsOf(
      sql,
      'select depends_on_id as id from task_dependencies where task_id = $1 order by 1',
      [task],
    );
    const add = several(tasks, numbers.slice(1, 3)).filter((id) => !dependsOn.includes(id));
    const remove = several(dependsOn, numbers.slice(2, 3));
    const goalId = (numbers[0] ?? 0) % 2 === 0 ? pick(goals, numbers[1]) : undefined;
    const edit = (numbers[0] ?? 0) % 3 === 0 ? { labels: ['d'], due_at: '2031-01-01T00:00:00Z' } : {};
    await updateTask(call, task, { edit, goalId, dependencies: { add, remove } });
  },
  deleteTask: (call: Call, { tasks }: There, { numbers }: RandomStep) => deleteTask(call, pick(tasks, numbers[0])),
  deleteGoal: (call: Call, { goals }: There, { numbers }: RandomStep) => deleteGoal(call, pick(goals, numbers[0])),
  async updateGoal(call: Call, { sql, goals }: There, { numbers, goalStatus }: RandomStep) {
    const goal = pick(goals, numbers[0]);
    const { rows } = await sql.query(
      'select from goals where id = $1 and total_tasks + total_goals > 0 and open_tasks + open_goals = 0',
      [goal],
    );
    // a person may say that a goal is in progress whose tasks and sub-goals are all completed; the invariants are about what happens by itself
    const status = rows.length > 0 && goalStatus === 'in_progress' ? 'completed' : goalStatus;
    const metadata = { at: numbers[0] ?? 0, a: null };
    return updateGoal(
      call,
      goal,
      (numbers[0] ?? 0) % 3 === 0 ? { metadata, description: 'changed', labels: ['m', 'n'] } : { status },
    );
  },
  claim: (call: Call, { tasks, leaseSeconds }: There, { numbers }: RandomStep) =>
    (numbers[0] ?? 0) % 2 === 0
      ? claimTasks(call, {
          limit: numbers.length,
          leaseSeconds,
          labels: [undefined, ['a'], ['b', 'a']][(numbers[1] ?? 0) % 3],
        })
      : claimTasks(call, { taskIds: several(tasks, numbers), limit: 5, leaseSeconds }),
  release: (call: Call, { tasks }: There, { numbers }: RandomStep) =>
    releaseTasks(call, { taskIds: several(tasks, numbers), reason: 'why not' }),
  note: (call: Call, { tasks, goals }: There, { numbers }: RandomStep) =>
    addNote(
      call,
      (numbers[0] ?? 0) % 2 === 0 ? { goalId: pick(goals, numbers[1]) } : { taskId: pick(tasks, numbers[1]) },
      'a note',
    ),
  undoLast: (call: Call) => undo(call, undefined),
  async undoAny(call: Call, { sql }: There, { numbers }: RandomStep) {
    const events = await idsOf(sql, 'select seq as id from events order by seq desc limit 30');
    return undo(call, Number(pick(events, numbers[0])));
  },
};

/** What belongs to a status: whether a cancelled task lets its dependents go, and until when a task is deferred. */
function laterOrNever(status: TaskStatus, [number = 0]: number[]) {
  if (status === 'cancelled') return [{}, { waive: true }, { waive: false }][number % 3];
  return status === 'deferred' && number % 2 === 0 ? { deferUntil: '2999-01-01T00:00:00Z' } : {};
}

export const aRandomStep: fc.Arbitrary<RandomStep> = fc.record({
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'breakDown' as const,
        'nest' as const,
        'complete' as const,
        'finish' as const,
        'setStatuses' as const,
        'rewire' as const,
        'claim' as const,
      ),
    },
  ),
  numbers: fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
  status: fc.constantFrom(...TaskStatus.options),
  goalStatus: fc.constantFrom<GoalStatus[]>('planned', 'in_progress', 'completed', 'cancelled', 'archived'),
  agent: fc.nat(1),
});

/** Two goals with tasks, so that the steps after these have something to work with. */
export const firstSteps: RandomStep[] = (
  [
    ['createGoal', [0]],
    ['createGoal', [0]],
    ['breakDown', [0, 0, 0, 0]],
    ['breakDown', [1, 1, 2]],
  ] as const
).map(([kind, numbers]) => ({ kind, numbers: [...numbers], status: 'pending', goalStatus: 'planned', agent: 0 }));

/** Does it, or is refused; nothing else may go wrong. */
export async function perform(
  calls: [Call, Call],
  step: RandomStep,
  where: Pick<There, 'sql' | 'leaseSeconds'>,
): Promise<void> {
  const there = {
    ...where,
    goals: await idsOf(where.sql, 'select id from goals order by number'),
    tasks: await idsOf(where.sql, 'select id from tasks order by number'),
  };
  const call = calls[step.agent] as Call;
  try {
    await kinds[step.kind](call, there, step);
    await advanceReady(call);
  } catch (error) {
    if (!['invalid', 'conflict', 'not_found'].includes((error as { code: string }).code)) throw error;
  }
}

/** Every row that users see, without what only counts changes: when a row was changed last, its revision, its fence, and a lease's end, which a heartbeat moves. */
export async function wholeState(sql: pg.Client): Promise<Record<string, unknown[]>> {
  const { rows } = await sql.query(`
    select
      (select coalesce(jsonb_agg(to_jsonb(g) - '{updated_at,revision}'::text[] order by g.number), '[]') from goals g) as goals,
      (select coalesce(jsonb_agg(to_jsonb(t) - '{updated_at,revision,fence}'::text[] order by t.number), '[]') from tasks t) as tasks,
      (select coalesce(jsonb_agg(jsonb_build_array(c.task_id, c.holder) order by c.task_id), '[]') from claims c) as claims,
      (select coalesce(jsonb_agg(d order by d.task_id, d.place, d.depends_on_id), '[]') from task_dependencies d) as dependencies,
      (select coalesce(jsonb_agg(n order by n.id), '[]') from notes n) as notes`);
  return rows[0];
}

async function idsOf(sql: pg.Client, query: string, params: unknown[] = []): Promise<string[]> {
  return (await sql.query(query, params)).rows.map((row) => String(row.id));
}
