import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { TaskStatus } from '../../src/domain/task-status.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call, PoolCall } from '../../src/service/call.ts';
import { claimTasks, releaseTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal, getGoal, updateGoal } from '../../src/service/goals.ts';
import { getHistory } from '../../src/service/history.ts';
import { addNote } from '../../src/service/notes.ts';
import { generatePlan } from '../../src/service/plans.ts';
import { answerOnce } from '../../src/service/requests.ts';
import { setTaskStatuses } from '../../src/service/set-task-statuses.ts';
import { deleteTask, getTaskWithNotes } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aSubtask } from '../support/builders.ts';
import { aDatabase } from '../support/database.ts';
import { findRedis } from '../support/redis.ts';
import { aCachedCall, type CachedCall, untilInUse } from './support/cached-call.ts';
import { aRedisMachine } from './support/redis-machine.ts';

/** Goals and tasks are picked by a number, taken modulo how many there are. */
interface Step {
  kind: keyof typeof kinds;
  goal: number;
  tasks: number[];
  status: TaskStatus;
  /** Asked for under a request id. */
  once: boolean;
}

interface Known {
  goals: string[];
  tasks: string[];
}

const pick = <T>(list: T[], number: number): T => list[number % list.length] as T;

/** Everything that changes what a goal, a task or a plan shows. A new way to change them belongs in here. */
const kinds = {
  async create(call: Call, known: Known) {
    known.goals.push((await createGoal(call, { description: 'a goal', priority: 'low', repos: [], metadata: {} })).id);
  },
  async breakDown(call: Call, known: Known, { goal, tasks }: Step) {
    const dependencies = known.tasks.length > 0 ? [...new Set(tasks.map((task) => pick(known.tasks, task)))] : [];
    const subtasks = [aSubtask({ dependencies }), aSubtask({ dependencies: ['#1'] })];
    known.tasks.push(...(await breakDownGoal(call, pick(known.goals, goal), subtasks)).taskIds);
  },
  async setStatuses(call: Call, known: Known, { tasks, status }: Step) {
    const result = Math.random();
    await setTaskStatuses(
      call,
      tasks.map((task) => ({ taskId: pick(known.tasks, task), status, result })),
    );
  },
  async updateGoal(call: Call, known: Known, { goal, status }: Step) {
    const metadata = { at: Math.random() };
    await updateGoal(call, pick(known.goals, goal), status === 'failed' ? { status: 'cancelled' } : { metadata });
  },
  async reopenGoal(call: Call, known: Known, { goal }: Step) {
    await updateGoal(call, pick(known.goals, goal), { status: 'in_progress' });
  },
  async deleteTask(call: Call, known: Known, { tasks: [task = 0] }: Step) {
    await deleteTask(call, pick(known.tasks, task));
  },
  async deleteGoal(call: Call, known: Known, { goal, status }: Step) {
    if (status === 'blocked') await deleteGoal(call, pick(known.goals, goal));
  },
  async claim(call: Call, known: Known, { tasks, status }: Step) {
    const taskIds = [...new Set(tasks.map((task) => pick(known.tasks, task)))];
    await claimTasks(call, { limit: 2, leaseSeconds: status === 'pending' ? 0.01 : 60 });
    await claimTasks(call, { taskIds, limit: 5, leaseSeconds: 100 + Math.random() * 100 });
  },
  async release(call: Call, known: Known, { tasks }: Step) {
    await releaseTasks(call, { taskIds: tasks.map((task) => pick(known.tasks, task)) });
  },
  async note(call: Call, known: Known, { tasks: [task = 0], goal, status }: Step) {
    const on = status === 'pending' ? { goalId: pick(known.goals, goal) } : { taskId: pick(known.tasks, task) };
    await addNote(call, on, 'a note');
  },
  async updateTask(call: Call, known: Known, { tasks: [task = 0, other = 0, third], goal }: Step) {
    const add = third === undefined ? [] : [pick(known.tasks, other)];
    const goalId = third === undefined ? pick(known.goals, goal) : undefined;
    await updateTask(call, pick(known.tasks, task), { edit: {}, goalId, dependencies: { add, remove: [] } });
  },
  async undo(call: Call) {
    await undo(call, undefined);
  },
  async undoAny(call: Call, _known: Known, { goal }: Step) {
    const { events } = await getHistory(call, {}, { limit: 20 });
    await undo(call, pick(events, goal).seq);
  },
};

const aStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])) },
    { weight: 1, arbitrary: fc.constantFrom('breakDown' as const, 'setStatuses' as const, 'undoAny' as const) },
  ),
  goal: fc.nat(100),
  tasks: fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }),
  status: fc.constantFrom(...TaskStatus.options),
  once: fc.boolean(),
});

async function take(call: PoolCall, known: Known, step: Step): Promise<void> {
  if (!step.once) return kinds[step.kind](call, known, step);
  // not repeated here: a repeat empties the cache, and would hide what was not taken out of it
  await answerOnce(call, { id: randomUUID(), tool: step.kind, args: {} }, async (combined) => {
    await kinds[step.kind](combined, known, step);
    return { done: true };
  });
}

describe.skipIf(findRedis() === undefined)('after each step of any history', () => {
  let writer: CachedCall;
  let reader: CachedCall;

  beforeAll(async () => {
    const [database, redis] = [await aDatabase(), await aRedisMachine()];
    await redis.start();
    writer = await aCachedCall(database, redis.address);
    reader = await aCachedCall(database, redis.address);
    await untilInUse(writer);
    await untilInUse(reader);
  });

  it('every goal, task and plan reads as it does without the cache', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 10, maxLength: 25 }), async (steps) => {
        const known: Known = { goals: [], tasks: [] };
        for (let n = 0; n < 2; n += 1) await kinds.create(writer.call, known);
        await kinds.breakDown(writer.call, known, {
          kind: 'breakDown',
          goal: 0,
          tasks: [],
          status: 'pending',
          once: false,
        });
        for (const step of steps) {
          // refused steps are steps too
          await take(writer.call, known, step).catch((error) => expect(error.code).toMatch(/^[a-z_]+$/));
          expect(await everything(reader.call, known)).toEqual(await everything(reader.plain, known));
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
    expect(reader.cached.status().hits).toBeGreaterThan(20);
  });
});

function everything(call: Call, { goals, tasks }: Known): Promise<unknown[]> {
  const reads = [
    ...goals.flatMap((id) => [() => getGoal(call, id), () => generatePlan(call, id)]),
    ...tasks.map((id) => () => getTaskWithNotes(call, id)),
  ];
  return Promise.all(reads.map((read) => read().catch((error) => error.message)));
}
