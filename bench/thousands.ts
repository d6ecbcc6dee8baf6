import { breakDownGoal } from '../src/service/break-down-goal.ts';
import type { Call } from '../src/service/call.ts';
import { deleteGoal } from '../src/service/delete-goal.ts';
import { createGoal, updateGoal } from '../src/service/goals.ts';
import { addNote } from '../src/service/notes.ts';
import { setTaskStatus } from '../src/service/set-task-statuses.ts';
import { listOperationsOf, undo, undoOperations } from '../src/service/undo.ts';
import { aSubtask } from '../test/support/builders.ts';
import { table } from './measure.ts';
import type { Setting } from './setting.ts';

const sizes = [1_000, 3_000, 10_000] as const;
const perCall = 1_000;

/** What one call costs that changes thousands of rows, and how it grows with them: ten times the rows should cost about ten times as much. */
export async function benchThousands({ call }: Setting, print: (line: string) => void): Promise<void> {
  const times = new Map<string, number[]>();
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    return result;
  };
  // the first round only makes plans and statistics
  for (const size of [sizes[0], ...sizes]) await round(call, size, timed);
  const rows = [...times].map(([name, [, ...measured]]) => [
    name,
    ...measured,
    (measured.at(-1) ?? 0) / (measured[0] ?? 0),
  ]);
  const head = sizes.map((size) => size.toLocaleString('en'));
  table([['one call, tasks (ms)', ...head, 'last / first'], ...rows], print);
}

type Timed = <T>(name: string, work: () => Promise<T>) => Promise<T>;

async function round(call: Call, size: number, timed: Timed): Promise<void> {
  const root = await addTasks(call, await aGoal(call), 1, () => []);
  await addTasks(call, await aGoal(call), size, () => root);
  await timed('complete what all of them wait for', () => complete(call, root[0] as string));
  await timed('undo the completion', () => undo(call, undefined));

  const goal = await aGoal(call);
  const tasks = await addTasks(call, goal, size, (n) => (n > 0 ? [`#${n}`] : []));
  for (const taskId of tasks.slice(0, size / 10)) await addNote(call, { taskId }, 'a note');
  await timed('cancel their goal', () => updateGoal(call, goal, { status: 'cancelled' }));
  await timed('undo the cancellation', () => undo(call, undefined));
  await timed('delete their goal', () => deleteGoal(call, goal));
  const { operation } = await timed('undo the deletion', () => undo(call, undefined));
  await timed('undo the undo', () => undo(call, operation));

  const agent = { ...call, actor: `agent of ${size} at ${Date.now()}` };
  const free = await addTasks(call, await aGoal(call), size, () => []);
  for (let n = 0; n < size; n += 50) await Promise.all(free.slice(n, n + 50).map((taskId) => complete(agent, taskId)));
  const found = await listOperationsOf(call, agent.actor, { secondsAgo: 3_600 });
  const all = found.map((each) => each.operation);
  await timed('undo as many operations of an agent', () => undoOperations(call, all));
}

async function aGoal(call: Call): Promise<string> {
  return (await createGoal(call, { description: 'large', priority: 'medium', repos: [], metadata: {} })).id;
}

async function addTasks(
  call: Call,
  goal: string,
  size: number,
  dependenciesOf: (n: number) => string[],
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < size) {
    const subtasks = Array.from({ length: Math.min(perCall, size - ids.length) }, (_, n) =>
      aSubtask({ description: `task ${n}`, dependencies: dependenciesOf(n) }),
    );
    ids.push(...(await breakDownGoal(call, goal, subtasks)).taskIds);
  }
  return ids;
}

const complete = (call: Call, taskId: string) => setTaskStatus(call, { taskId, status: 'completed' });
