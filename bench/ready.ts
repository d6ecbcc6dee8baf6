import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { step } from '../src/store/database.ts';
import { defineStatement } from '../src/store/statement.ts';
import { aSubtask } from '../test/support/builders.ts';
import { measure, median, quantile, table } from './measure.ts';
import type { Setting } from './setting.ts';

/** get_next_tasks(limit=20), over stdio, among 1,000 tasks and among 100,000, with 1,000 of them ready each time. */
export async function benchReady(setting: Setting, print: (line: string) => void): Promise<void> {
  const { call } = setting;
  const goal = (await createGoal(call, { description: 'large', priority: 'low', repos: [], metadata: {} })).id;
  const { taskIds } = await breakDownGoal(
    call,
    goal,
    Array.from({ length: 1000 }, () => aSubtask()),
  );
  const server = await setting.connect();
  const next = () => server.call('get_next_tasks', { limit: 20 });
  const take = async () => {
    await measure(200, next);
    return measure(1000, next);
  };
  const few = await take();
  // the others each wait for one of the first
  for (let block = 0; block < 99; block += 1) {
    const subtasks = Array.from({ length: 1000 }, (_, n) => aSubtask({ dependencies: [taskIds[n] as string] }));
    await breakDownGoal(call, goal, subtasks);
  }
  const vacuum = defineStatement({ name: 'vacuum', params: {}, columns: {}, text: 'vacuum analyze tasks' });
  await call.store.database.read({ vacuum: step(vacuum, {}) });
  const many = await take();
  await server.close();
  table(
    [
      ['get_next_tasks(limit=20), 1,000 ready (ms)', 'p50', 'p99', 'ratio of p50'],
      ['1,000 tasks', median(few), quantile(few, 0.99), ''],
      ['100,000 tasks', median(many), quantile(many, 0.99), median(many) / median(few)],
    ],
    print,
  );
}
