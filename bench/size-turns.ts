import type { AgentFacts } from '../src/tools/define/define-tool.ts';
import { runTool } from '../src/tools/define/run-tool.ts';
import { tools } from '../src/tools/index.ts';
import { measure } from './measure.ts';
import type { Ask, SizeCase } from './size-case.ts';
import type { Sized } from './sized.ts';

const warmUps = 10;

/**
 * How long each store takes for each run, in milliseconds: by turns, each first in its turn, so
 * that all of them meet the same noise. Of lists each is
 * asked for as many rows as the first store has.
 */
export async function byTurns(each: SizeCase, stores: readonly Sized[], runs: number): Promise<number[][]> {
  const limit = await sameLimit(each, stores[0]);
  const times = stores.map((): number[] => []);
  for (let run = 0; run < warmUps + runs; run += 1) {
    for (const turn of stores.keys()) {
      const place = (run + turn) % stores.length;
      const store = stores[place] as Sized;
      const time = await timed(each, store, { run, limit });
      if (run >= warmUps) times[place]?.push(time);
    }
  }
  return times;
}

async function timed(
  { tool, args, before }: SizeCase,
  store: Sized,
  { run, limit }: { run: number; limit: Record<string, number> },
): Promise<number> {
  const ask = askOf(store);
  const place = { run, tasks: store.tasks };
  const made = (await before?.(ask, place)) ?? {};
  const [time = 0] = await measure(1, () => ask(tool, { ...args(place, made), ...limit }));
  return time;
}

async function sameLimit({ tool, args, before }: SizeCase, first: Sized | undefined): Promise<Record<string, number>> {
  if (first === undefined || before !== undefined || !('limit' in toolOf(tool).input.shape)) return {};
  const { count } = await askOf(first)(tool, args({ run: 0, tasks: first.tasks }, {}));
  return typeof count === 'number' ? { limit: Math.max(1, count) } : {};
}

export const askOf =
  ({ call }: Pick<Sized, 'call'>): Ask =>
  (name, args) =>
    runTool(toolOf(name), { open: async () => call, facts: () => facts, cacheIsKnown: async () => {} }, args);

function toolOf(name: string) {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  return tool;
}

const facts: AgentFacts = {
  ...{ version: '0', database: 'embedded', databaseFrom: '', cacheFrom: '', workspaceFrom: '', notices: [] },
  cache: { enabled: false, state: 'off', hits: 0, misses: 0, errors: 0 },
  config: { workspace: '', timeout_seconds: 0, pool_size: 0, max_overflow: 0, max_workers: 0 },
};
