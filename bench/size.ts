import type { AgentFacts, Tool } from '../src/tools/define/define-tool.ts';
import { runTool } from '../src/tools/define/run-tool.ts';
import { tools } from '../src/tools/index.ts';
import { benchHeldClaims } from './held-claims.ts';
import { benchLargeGoal } from './large-goal.ts';
import { measure, median, table } from './measure.ts';
import type { Setting } from './setting.ts';
import { type SizeCase, sizeCases } from './size-cases.ts';
import { aFilledStore, type Sized } from './sized.ts';

export interface Sizes {
  /** Tasks of the large store. The small one has 1,000. */
  tasks: number;
  /** Claims under an old snapshot. */
  claims: number;
}

const smallTasks = 1_000;
const warmUps = 10;
const runs = 40;

/** Each tool in a small store, in a large one, and in a small workspace beside a large one; a large goal; and an old snapshot. */
export async function benchSize(setting: Setting, sizes: Sizes, print: (line: string) => void): Promise<void> {
  const small = await aFilledStore(setting, { database: 'small', workspace: 'default', tasks: smallTasks });
  const large = await aFilledStore(setting, { database: 'large', workspace: 'default', tasks: sizes.tasks });
  const beside = await aFilledStore(setting, { database: 'large', workspace: 'small', tasks: smallTasks });
  const count = sizes.tasks.toLocaleString('en');
  print(
    `a store of ${count} tasks and ${(sizes.tasks / 10).toLocaleString('en')} goals, aged and analyzed: ${await sizeOf(large)}`,
  );
  const rows: (string | number)[][] = [['tool, p50 (ms)', '1,000', count, 'ratio', 'beside', 'ratio']];
  for (const each of sizeCases) {
    const [few = 0, many = 0, next = 0] = await byTurns(each, [small, large, beside]);
    rows.push([each.name, few, many, many / few, next, next / few]);
  }
  table(rows, print);
  print('');
  await benchLargeGoal(large.call, print);
  print('');
  await benchHeldClaims(setting, sizes.claims, print);
  for (const { call } of [small, large, beside]) await call.store.database.close();
}

async function sizeOf({ call }: Sized): Promise<string> {
  const { rows } = await call.store.database.read({
    rows: {
      statement: {
        ...{ name: 'size_of_database', params: {}, columns: { size: 'text' } },
        text: 'select pg_size_pretty(pg_database_size(current_database())) as size',
      },
      params: {},
    },
  });
  return String((rows[0] as { size?: string } | undefined)?.size);
}

/** By turns, so that all of them meet the same noise. Of lists each is asked for as many rows as the first store has. */
async function byTurns({ tool: name, args }: SizeCase, stores: readonly Sized[]): Promise<number[]> {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  const [first] = stores;
  const found = first === undefined ? {} : await ask(tool, first, args({ run: 0, tasks: first.tasks }));
  const isList = typeof found.count === 'number' && 'limit' in tool.input.shape;
  const limit = isList ? { limit: Math.max(1, Number(found.count)) } : {};
  const times = stores.map((): number[] => []);
  for (let run = 0; run < warmUps + runs; run += 1) {
    for (const [place, store] of stores.entries()) {
      const [time = 0] = await measure(1, () => ask(tool, store, { ...args({ run, tasks: store.tasks }), ...limit }));
      if (run >= warmUps) times[place]?.push(time);
    }
  }
  return times.map((each) => median(each.toSorted((a, b) => a - b)));
}

const ask = (tool: Tool, { call }: Sized, args: Record<string, unknown>) =>
  runTool(tool, { open: async () => call, facts: () => facts, cacheIsKnown: async () => {} }, args);

const facts: AgentFacts = {
  ...{ version: '0', database: 'embedded', databaseFrom: '', cacheFrom: '', workspaceFrom: '', notices: [] },
  cache: { enabled: false, state: 'off', hits: 0, misses: 0, errors: 0 },
  config: { workspace: '', timeout_seconds: 0, pool_size: 0, max_overflow: 0, max_workers: 0 },
};
