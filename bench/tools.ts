import { breakDownGoal } from '../src/service/break-down-goal.ts';
import type { Call } from '../src/service/call.ts';
import { deleteGoal } from '../src/service/delete-goal.ts';
import { createGoal, getGoal, updateGoal } from '../src/service/goals.ts';
import { listGoals } from '../src/service/list-goals.ts';
import { generatePlan } from '../src/service/plans.ts';
import { setTaskStatus, setTaskStatuses } from '../src/service/set-task-statuses.ts';
import { deleteTask, getTask, getTasks, listReady } from '../src/service/tasks.ts';
import { readWorkspaceState } from '../src/service/workspace-state.ts';
import { aSubtask } from '../test/support/builders.ts';
import { measure, median, quantile, table } from './measure.ts';
import type { Connected, Setting } from './setting.ts';
import type { SqlClock } from './sql-clock.ts';

const runs = 800;
const rounds = 8;
/** As many as it takes until the code of all of them is compiled: get_task takes 0.8 ms in its first 400 calls, and 0.26 after 2,000. */
const warmUps = 2_000;

/** One tool, called twice over: through the protocol, and in this process to see what its statements alone cost. */
interface Case {
  tool: string;
  args: (run: number) => Record<string, unknown>;
  statements: (call: Call, run: number) => Promise<unknown>;
  /** It reads, in one round trip: the same statements can be run again and again. */
  reads?: true;
}

/**
 * p50 and p99 of each tool over stdio, beside its floors: an empty tool, the tool's own statements, and, for a tool that
 * reads, both at once: its statements in a tool that does nothing else. That is more than their sum, since a process that
 * waits for two others goes to sleep twice.
 */
export async function benchTools(setting: Setting, clock: SqlClock, print: (line: string) => void): Promise<void> {
  const server = await setting.connect();
  const empty = await setting.connectEmpty();
  const rows: (string | number)[][] = [
    [
      'tool (ms)',
      'p50',
      'p99',
      'empty tool',
      'statements',
      'round trips',
      'p50 / (empty + statements)',
      'both in one',
      'p50 / that',
    ],
  ];
  for (const each of await cases(setting.call)) {
    const raw = each.reads && (await setting.connectRaw(await statementsOf(each, setting.call, clock)));
    const result = await run(each, { server, empty, raw, call: setting.call, clock });
    await raw?.close();
    const floors = result.empty + result.statements;
    rows.push([
      each.tool,
      median(result.times),
      quantile(result.times, 0.99),
      result.empty,
      result.statements,
      String(result.roundTrips),
      result.p50 / floors,
      result.raw ?? '',
      result.raw === undefined ? '' : result.p50 / result.raw,
    ]);
  }
  await server.close();
  await empty.close();
  table(rows, print);
}

interface Parts {
  server: Connected;
  empty: Connected;
  raw: Connected | undefined;
  call: Call;
  clock: SqlClock;
}

async function statementsOf({ statements }: Case, call: Call, clock: SqlClock) {
  await statements(call, 0);
  clock.reset();
  await statements(call, 0);
  return clock.sent;
}

/** In turns, so that all of them meet the same noise. */
async function run({ tool, args, statements }: Case, { server, empty, raw, call, clock }: Parts) {
  const times: number[] = [];
  const emptyTimes: number[] = [];
  const statementTimes: number[] = [];
  const rawTimes: number[] = [];
  let roundTrips = 0;
  let n = 0;
  for (let warm = 0; warm < warmUps; warm += 1) {
    await server.call(tool, args(n));
    await empty.call('nothing', args(n));
    await raw?.call('run', {});
    n += 1;
    await statements(call, n++);
  }
  for (let round = 0; round < rounds; round += 1) {
    times.push(...(await measure(runs / rounds, () => server.call(tool, args(n++)))));
    emptyTimes.push(...(await measure(runs / rounds, () => empty.call('nothing', args(n)))));
    if (raw !== undefined) rawTimes.push(...(await measure(runs / rounds, () => raw.call('run', {}))));
    for (let i = 0; i < runs / rounds; i += 1) {
      clock.reset();
      await statements(call, n++);
      statementTimes.push(clock.elapsedMs);
      roundTrips = clock.roundTrips;
    }
  }
  for (const each of [times, emptyTimes, statementTimes, rawTimes]) each.sort((a, b) => a - b);
  return {
    times,
    p50: median(times),
    empty: median(emptyTimes),
    statements: median(statementTimes),
    raw: raw && median(rawTimes),
    roundTrips,
  };
}

async function cases(call: Call): Promise<Case[]> {
  const newGoal = { description: 'a goal', priority: 'medium' as const, repos: ['backend'], metadata: { epic: 'P-1' } };
  const goal = (await createGoal(call, newGoal)).id;
  const { taskIds } = await breakDownGoal(
    call,
    goal,
    Array.from({ length: 50 }, (_, n) =>
      aSubtask({ description: `task ${n}`, dependencies: n % 5 === 0 ? [] : [`#${n}`] }),
    ),
  );
  const task = (n: number) => taskIds[n % taskIds.length] as string;
  const status = (n: number) => (n % 2 === 0 ? ('completed' as const) : ('in_progress' as const));
  // one to delete for each call that there will be
  const spare = 2 * (runs + warmUps);
  const doomedGoals = await inBatches(spare, async () => (await createGoal(call, newGoal)).id);
  const holder = (await createGoal(call, newGoal)).id;
  const doomedTasks = (
    await Promise.all(
      Array.from({ length: Math.ceil(spare / 1000) }, () =>
        breakDownGoal(
          call,
          holder,
          Array.from({ length: 1000 }, () => aSubtask()),
        ),
      ),
    )
  ).flatMap((each) => each.taskIds);
  const subtasks = Array.from({ length: 10 }, (_, n) => ({
    description: `subtask ${n}`,
    dependencies: n > 0 ? [`#${n}`] : [],
  }));
  const ten = (n: number) => Array.from({ length: 10 }, (_, i) => ({ taskId: task(n + i * 5), status: status(n) }));
  return [
    { tool: 'create_goal', args: () => newGoal, statements: (c) => createGoal(c, newGoal) },
    { tool: 'get_goal', args: () => ({ goal_id: goal }), statements: (c) => getGoal(c, goal), reads: true },
    {
      tool: 'list_goals',
      args: () => ({ limit: 10 }),
      statements: (c) => listGoals(c, {}, { limit: 11 }),
      reads: true,
    },
    {
      tool: 'update_goal',
      args: (n) => ({ goal_id: goal, metadata: { n } }),
      statements: (c, n) => updateGoal(c, goal, { metadata: { n } }),
    },
    { tool: 'get_task', args: (n) => ({ task_id: task(n) }), statements: (c, n) => getTask(c, task(n)), reads: true },
    {
      tool: 'get_next_tasks',
      args: () => ({ limit: 20 }),
      statements: (c) => listReady(c, { limit: 20 }),
      reads: true,
    },
    {
      tool: 'update_task_status',
      args: (n) => ({ task_id: task(n), status: status(n), result: { n } }),
      statements: (c, n) => setTaskStatus(c, { taskId: task(n), status: status(n), result: { n } }),
    },
    {
      tool: 'batch_update_tasks',
      args: (n) => ({ updates: ten(n).map(({ taskId, ...rest }) => ({ task_id: taskId, ...rest })) }),
      statements: (c, n) => setTaskStatuses(c, ten(n)),
    },
    {
      tool: 'batch_get_tasks',
      args: () => ({ task_ids: taskIds.slice(0, 10) }),
      statements: (c) => getTasks(c, taskIds.slice(0, 10)),
      reads: true,
    },
    {
      tool: 'generate_execution_plan',
      args: () => ({ goal_id: goal }),
      statements: (c) => generatePlan(c, goal),
      reads: true,
    },
    {
      tool: 'break_down_goal',
      args: (n) => ({ goal_id: doomedGoals[n % 50], subtasks }),
      statements: (c, n) => breakDownGoal(c, doomedGoals[n % 50] as string, subtasks.map(aSubtask)),
    },
    {
      tool: 'delete_task',
      args: (n) => ({ task_id: doomedTasks[n] }),
      statements: (c, n) => deleteTask(c, doomedTasks[n] as string),
    },
    {
      tool: 'delete_goal',
      args: (n) => ({ goal_id: doomedGoals[n] }),
      statements: (c, n) => deleteGoal(c, doomedGoals[n] as string),
    },
    { tool: 'get_agent_status', args: () => ({}), statements: (c) => readWorkspaceState(c), reads: true },
  ];
}

async function inBatches<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(...(await Promise.all(Array.from({ length: 50 }, make))));
  return made;
}
