import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { aSubtask } from '../test/support/builders.ts';
import { measure, median, table } from './measure.ts';
import type { Setting } from './setting.ts';
import type { SqlClock } from './sql-clock.ts';

/** break_down_goal with 1,000 subtasks, each depending on the three before it, over stdio. */
export async function benchBreakdown(setting: Setting, clock: SqlClock, print: (line: string) => void): Promise<void> {
  const server = await setting.connect();
  const subtasks = Array.from({ length: 1000 }, (_, n) => ({
    description: `Subtask number ${n} of a long list`,
    estimated_effort: '2h',
    dependencies: [n, n - 1, n - 2].filter((place) => place > 0).map((place) => `#${place}`),
  }));
  const goalId = async () => (await server.call('create_goal', { description: 'large' })).id as string;
  const ids: string[] = [];
  for (let n = 0; n < 16; n += 1) ids.push(await goalId());
  await measure(3, (n) => server.call('break_down_goal', { goal_id: ids[n], subtasks }));
  const times = await measure(12, (n) => server.call('break_down_goal', { goal_id: ids[n + 3], subtasks }));
  clock.reset();
  await breakDownGoal(setting.call, ids[15] as string, subtasks.map(aSubtask));
  await server.close();
  table(
    [
      ['break_down_goal, 1,000 subtasks (ms)', 'min', 'p50', 'max', 'round trips'],
      ['', times[0] ?? 0, median(times), times.at(-1) ?? 0, String(clock.roundTrips)],
    ],
    print,
  );
}
