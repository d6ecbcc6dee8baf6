import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type pg from 'pg';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { GoalStatus } from '../../src/domain/goal.ts';
import { TaskStatus } from '../../src/domain/task-status.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call, PoolCall } from '../../src/service/call.ts';
import { advanceReady } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal, updateGoal } from '../../src/service/goals.ts';
import { answerOnce } from '../../src/service/requests.ts';
import { setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask, listReady } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aSubtask } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

/** A step picks goals and tasks by a number, taken modulo how many there are. */
type Step =
  | { kind: 'create' }
  | { kind: 'break down'; goal: number; subtasks: { within: number[]; outside: number[] }[] }
  | { kind: 'set'; changes: { task: number; status: TaskStatus }[] }
  | { kind: 'update'; task: number; add: number[]; remove: number[]; goal: number | undefined }
  | { kind: 'delete task'; task: number }
  | { kind: 'delete goal'; goal: number }
  | { kind: 'set goal'; goal: number; status: GoalStatus }
  | { kind: 'undo'; event: number | undefined };

const pick = fc.nat(1000);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('create' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('break down' as const),
      goal: pick,
      subtasks: fc.array(
        fc.record({ within: fc.array(pick, { maxLength: 2 }), outside: fc.array(pick, { maxLength: 2 }) }),
        { minLength: 1, maxLength: 5 },
      ),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      changes: fc.array(
        fc.record({
          task: pick,
          status: fc.oneof(
            { weight: 2, arbitrary: fc.constant('completed' as const) },
            fc.constantFrom(...TaskStatus.options),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      task: pick,
      add: fc.array(pick, { maxLength: 3 }),
      remove: fc.array(pick, { maxLength: 2 }),
      goal: fc.option(pick, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete task' as const), task: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete goal' as const), goal: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('set goal' as const),
      goal: pick,
      status: fc.constantFrom<GoalStatus[]>('planned', 'in_progress', 'completed', 'cancelled', 'archived'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('undo' as const), event: fc.option(pick, { nil: undefined }) }),
  },
);

let call: PoolCall;
let sql: pg.Client;

beforeAll(async () => {
  ({ call, sql } = await aCall());
});

describe('after any history', () => {
  it('every count is what a recount gives, and every event is the row that it tells of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 5, maxLength: 25 }), async (steps) => {
        await sql.query('truncate goals, tasks, task_dependencies, operations, events cascade');
        for (const [place, step] of steps.entries()) {
          await (place % 2 === 0 ? perform(call, step) : performOnce(step));
          await advanceReady(call);
        }
        expect(await brokenInvariants(sql)).toEqual({});
        await readyIsWhatItMeans();
      }),
      // a Citus copies its tables for each look
      { numRuns: inject('citus') === '' ? 150 : 20 },
    );
  }, 240_000);
});

/** Under a request id, as one transaction, and repeated. */
async function performOnce(step: Step): Promise<void> {
  const request = { id: randomUUID(), tool: step.kind, args: {} };
  const run = async (combined: Call) => {
    await perform(combined, step);
    return { done: true };
  };
  await answerOnce(call, request, run);
  await answerOnce(call, request, run);
}

async function perform(call: Call, step: Step): Promise<void> {
  if (step.kind === 'undo') return takeBack(call, step.event);
  const goals = await ids('goals');
  const tasks = await ids('tasks');
  const goal = (n: number) => goals[n % goals.length] as string;
  const task = (n: number) => tasks[n % tasks.length] as string;
  if (step.kind === 'create' || goals.length === 0) {
    await createGoal(call, { description: 'g', priority: 'low', repos: ['r'], metadata: {} });
  } else if (step.kind === 'break down') {
    const subtasks = step.subtasks.map(({ within, outside }, place) =>
      aSubtask({
        dependencies: [
          // only earlier ones, so that there is no cycle
          ...(place > 0 ? within.map((n) => `#${(n % place) + 1}`) : []),
          ...(tasks.length > 0 ? outside.map(task) : []),
        ],
      }),
    );
    // a cancelled goal takes none
    await breakDownGoal(call, goal(step.goal), subtasks).catch((error) => expect(error.code).toBe('conflict'));
  } else if (step.kind === 'set goal') {
    await updateGoal(call, goal(step.goal), { status: await allowed(goal(step.goal), step.status) });
  } else if (step.kind === 'delete goal') {
    await deleteGoal(call, goal(step.goal));
  } else if (tasks.length > 0 && step.kind === 'update') {
    const dependsOn = await dependenciesOf(task(step.task));
    const remove = dependsOn.length > 0 ? step.remove.map((n) => dependsOn[n % dependsOn.length] as string) : [];
    await updateTask(call, task(step.task), {
      edit: { description: 'changed' },
      goalId: step.goal === undefined ? undefined : goal(step.goal),
      dependencies: { add: step.add.map(task), remove },
      // a cycle, a task that depends on itself or is named twice, and a cancelled goal are refused
    }).catch((error) => expect(['invalid', 'conflict']).toContain(error.code));
  } else if (tasks.length > 0 && step.kind === 'delete task') {
    await deleteTask(call, task(step.task));
  } else if (tasks.length > 0 && step.kind === 'set') {
    await setTaskStatuses(
      call,
      step.changes.map((change) => ({ taskId: task(change.task), status: change.status })),
    );
  }
}

/** One's own last operation, or that of one of the last events. */
async function takeBack(call: Call, place: number | undefined): Promise<void> {
  const { rows } = await sql.query('select seq::int4 from events order by seq desc limit 20');
  const event = place === undefined ? undefined : rows[place % rows.length]?.seq;
  // what was taken back already, or has changed since, is refused
  await undo(call, event).catch((error) => expect(['conflict', 'not_found']).toContain(error.code));
}

/** A person may say that a goal is in progress whose tasks are all completed; the rule is about what happens by itself. */
async function allowed(goalId: string, status: GoalStatus): Promise<GoalStatus> {
  const { rows } = await sql.query('select from goals where id = $1 and total_tasks > 0 and open_tasks = 0', [goalId]);
  return rows.length > 0 && status === 'in_progress' ? 'completed' : status;
}

async function readyIsWhatItMeans(): Promise<void> {
  const { tasks, total } = await listReady(call, { limit: 200 });
  const { rows } = await sql.query(`
    select t.id
    from tasks t
    join goals g on g.workspace_id = t.workspace_id and g.id = t.goal_id
    where t.status = 'pending' and g.status not in ('completed', 'cancelled', 'archived') and not exists (
      select from task_dependencies d join tasks x on x.workspace_id = d.workspace_id and x.id = d.depends_on_id
      where d.workspace_id = t.workspace_id and d.task_id = t.id and x.status <> 'completed')
    order by t.priority, t.number`);
  expect(tasks.map((task) => task.id)).toEqual(rows.map((row) => row.id));
  expect(total).toBe(rows.length);
}

async function dependenciesOf(taskId: string): Promise<string[]> {
  const { rows } = await sql.query('select depends_on_id as id from task_dependencies where task_id = $1', [taskId]);
  return rows.map((row) => row.id);
}

async function ids(table: 'goals' | 'tasks'): Promise<string[]> {
  return (await sql.query(`select id from ${table} order by number`)).rows.map((row) => row.id);
}
