import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { deleteTask } from '../../src/service/tasks.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { aGoal, aSubtask, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { brokenInvariants, staleImages } from '../support/invariants.ts';
import { type Outcome, race, type Winner } from '../support/race.ts';

// Each pair of changes that meet in the same rows, a thousand times; on the machine's own PostgreSQL a hundred. A further pair
// is a further `races` below. Each was seen to fail without what guards it:
// - two halves of a cycle: lockGraphExclusive in update-task.ts
// - two last dependencies: lockTasksAndDependents in set-task-statuses.ts together with the count's `t.open_dependencies`
//   taken from the row as it was; either of them alone holds
// - delete and claim: lockTaskAndGoal in deleteTask (the history then has the deleted task as it was before the claim)
// - undo and complete: the exclusive graph lock and lockTasksForUndo of an undo
// - complete and depend: lockGraphShared in set-task-statuses.ts, and lockGraphExclusive in update-task.ts
const rounds = inject('server') ? 100 : 1_000;
/** Everything is counted again after so many rounds. */
const recountedEvery = 250;

let left: Call;
let right: Call;
let sql: pg.Client;

beforeAll(async () => {
  const opened = await callsOf('left', 'right');
  [left, right] = opened.calls;
  sql = opened.sql;
});

afterEach(() => sql.query('truncate goals, tasks, task_dependencies, notes, operations, events cascade'));

interface Pair<Case, L, R> {
  /** So many cases that have nothing to do with each other. */
  cases: (count: number) => Promise<Case[]>;
  left: (each: Case) => Promise<L>;
  right: (each: Case) => Promise<R>;
  judge: (each: Case, left: Outcome<L>, right: Outcome<R>) => Winner | Promise<Winner>;
}

/** A test that lets the two of a pair meet again and again: each wins some, most rounds are true races, every count stays right. */
function races<Case, L, R>(name: string, { cases, ...pair }: Pair<Case, L, R>): void {
  it(name, { timeout: 180_000 }, async () => {
    const total = { left: 0, right: 0, overlapped: 0 };
    for (let done = 0; done < rounds; done += recountedEvery) {
      const tally = await race(await cases(Math.min(recountedEvery, rounds - done)), pair);
      for (const key of ['left', 'right', 'overlapped'] as const) total[key] += tally[key];
      expect(await brokenInvariants(sql)).toEqual({});
      expect(await staleImages(sql)).toEqual([]);
    }
    expect(total.left + total.right).toBe(rounds);
    expect(total.left).toBeGreaterThan(0);
    expect(total.right).toBeGreaterThan(0);
    expect(total.overlapped).toBeGreaterThan(rounds / 2);
  });
}

describe('at the same moment', () => {
  races('two add one half of a cycle each, and one of them is refused', {
    cases: (count) => groups(count, [[], []]),
    left: ([a, b]) => dependOn(left, a, b),
    right: ([a, b]) => dependOn(right, b, a),
    judge(_, first, second) {
      const refused = [first.error, second.error].filter((error) => error !== undefined);
      expect(refused).toMatchObject([{ code: 'invalid' }]);
      return first.error === undefined ? 'left' : 'right';
    },
  });

  races('two complete the last two dependencies of a task, and one of them makes it ready', {
    cases: acrossGoals,
    left: ([a]) => setTaskStatus(left, { taskId: a, status: 'completed' }),
    right: ([, b]) => setTaskStatus(right, { taskId: b, status: 'completed' }),
    judge([, , last], first, second) {
      const madeReady = [first, second].map((each) => answerOf(each).madeReady);
      expect(madeReady.flat()).toEqual([last]);
      // it is ready by the second
      return madeReady[0]?.length === 0 ? 'left' : 'right';
    },
  });

  races('a task is deleted and claimed, and it is claimed before or not at all', {
    cases: (count) => groups(count, [[], [1]]),
    left: ([task]) => deleteTask(left, task),
    right: ([task]) => claimTasks(right, { taskIds: [task], limit: 1, leaseSeconds: 60 }),
    async judge([task], first, second) {
      expect(answerOf(first)).toMatchObject({ dependentTasks: [expect.any(String)] });
      const claimed = answerOf(second).map((each) => each.id);
      const { rows } = await sql.query(actionsOn, [task]);
      const actions = rows.map((row) => row.action);
      expect(actions).toEqual(claimed.length === 0 ? ['created', 'deleted'] : ['created', 'claimed', 'deleted']);
      return claimed.length === 0 ? 'left' : 'right';
    },
  });

  races('a dependency is completed while a task is made to depend on it', {
    cases: (count) => groups(count, [[], []]),
    left: ([a, b]) => dependOn(left, a, b),
    right: ([, b]) => setTaskStatus(right, { taskId: b, status: 'completed' }),
    judge([a], first, second) {
      answerOf(first);
      // only if it waited for it by then
      return answerOf(second).madeReady.includes(a) ? 'left' : 'right';
    },
  });

  races('a start is taken back and the task completed, and it is taken back before or not at all', {
    cases: startedTasks,
    left: ({ event }) => undo(left, event),
    right: ({ task }) => setTaskStatus(right, { taskId: task, status: 'completed' }),
    async judge({ task, waiting }, first, second) {
      expect(answerOf(second)).toMatchObject({ task: { status: 'completed' }, madeReady: [waiting] });
      const { rows } = await sql.query(actionsOn, [task]);
      const actions = rows.map((row) => row.action);
      if (first.error !== undefined) expect(first.error).toMatchObject({ code: 'conflict' });
      const between = first.error === undefined ? ['undone'] : [];
      expect(actions).toEqual(['created', 'updated', ...between, 'updated']);
      return first.error === undefined ? 'left' : 'right';
    },
  });
});

// numbers are given out after the locks: of two changes of a row the later one has the higher number
const actionsOn = `
  select action
  from events
  where task_id = $1
  order by seq`;

type Group = [string, string, string];

const perGoal = 50;

/** As many groups of new tasks; each task is given by what it depends on, as places in its group. */
async function groups(count: number, dependencies: number[][]): Promise<Group[]> {
  const size = dependencies.length;
  const found: Group[] = [];
  while (found.length < count) {
    const subtasks = Array.from({ length: perGoal }, (_, group) =>
      dependencies.map((places) => aSubtask({ dependencies: places.map((place) => `#${place + group * size}`) })),
    );
    const { taskIds } = await breakDownGoal(left, await aGoal(left), subtasks.flat());
    for (let at = 0; at < taskIds.length; at += size) found.push(taskIds.slice(at, at + size) as Group);
  }
  return found.slice(0, count);
}

/** Tasks that were started, the event of that, and one that waits for each. */
async function startedTasks(count: number): Promise<{ task: string; waiting: string; event: number }[]> {
  const found = await groups(count, [[], [1]]);
  const taskIds = found.map(([task]) => task);
  await Promise.all(taskIds.map((taskId) => setTaskStatus(left, { taskId, status: 'in_progress' })));
  const { rows } = await sql.query<{ task_id: string; seq: string }>(
    "select task_id, seq from events where task_id = any($1) and action = 'updated'",
    [taskIds],
  );
  const events = new Map(rows.map((row) => [row.task_id, Number(row.seq)]));
  return found.map(([task, waiting]) => ({ task, waiting, event: events.get(task) as number }));
}

/** Two tasks and one that waits for both, each of another goal, so that only the last is what their changes have in common. */
async function acrossGoals(count: number): Promise<Group[]> {
  const found: Group[] = [];
  while (found.length < count) {
    const goals = [await aGoal(left), await aGoal(left), await aGoal(left)] as const;
    const a = await someTasks(left, goals[0], perGoal);
    const b = await someTasks(left, goals[1], perGoal);
    const pairs = a.map((id, n) => [id, b[n] as string] as const);
    const waiting = pairs.map((pair) => aSubtask({ dependencies: [...pair] }));
    const { taskIds } = await breakDownGoal(left, goals[2], waiting);
    found.push(...pairs.map((pair, n): Group => [...pair, taskIds[n] as string]));
  }
  return found.slice(0, count);
}

function dependOn(call: Call, task: string, dependency: string) {
  return updateTask(call, task, { edit: {}, dependencies: { add: [dependency], remove: [] } });
}

function answerOf<T>(outcome: Outcome<T>): T {
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.value as T;
}
