import pg from 'pg';
import { createGoal, updateGoal } from '../src/service/goals.ts';
import { readChanges } from '../src/service/read-changes.ts';
import { watchChanges } from '../src/service/watch-changes.ts';
import { step } from '../src/store/database.ts';
import { listOpenWriters, lookAtHistoryNumbers } from '../src/store/statements/look-at-history.ts';
import { measure, ms, quantile, table } from './measure.ts';
import type { Setting } from './setting.ts';

const runs = 500;
const history = 200_000;
const others = 50;
const watchers = 1_000;
const changes = 40;
const turns = 4;
const writesPerTurn = 200;

/** What it costs to follow the changes: a look at what is decided, a page, and how soon a thousand watchers hear. */
export async function benchChanges({ call, connection }: Setting, print: (line: string) => void): Promise<void> {
  const { store } = call;
  const { id: goal } = await createGoal(call, { description: 'followed', priority: 'low', repos: [], metadata: {} });
  const looks = async () =>
    [
      [
        'is there anything new',
        await measure(runs, () => store.database.read({ looked: step(lookAtHistoryNumbers, { since: null }) })),
      ],
      ['who writes', await measure(runs, () => store.database.read({ writers: step(listOpenWriters, {}) }))],
    ] as const;
  const page = async () =>
    ['a page of 100 changes', await measure(runs, () => readChanges(store, { since: '0' }))] as const;
  const sql = new pg.Client(connection);
  await sql.connect();
  await anOldHistory(sql, store.workspaceId, 200);
  const small = [...(await looks()), await page()];
  await anOldHistory(sql, store.workspaceId, history);
  const busy = await Promise.all(Array.from({ length: others }, () => anOpenTransaction(connection)));
  const large = [...(await looks()), await page()];
  await Promise.all(busy.map((client) => client.end()));
  await sql.end();
  table(
    [
      ['ms, p50 and p99', '200 changes', `${history} changes, ${others} open transactions`],
      ...small.map(([name, times], place) => [name, ...[times, large[place]?.[1] ?? []].map(cells)]),
    ],
    print,
  );
  await writesBesideWatchers(call, goal, print);
  const delays = await delaysOfNews(call, goal);
  print(`${watchers} watchers hear of a change after ${cells(delays)} ms (p50 and p99)`);
}

function cells(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `${ms(quantile(sorted, 0.5))} ${ms(quantile(sorted, 0.99))}`;
}

async function anOldHistory(sql: pg.Client, workspaceId: number, count: number): Promise<void> {
  await sql.query(
    `with made as (
      insert into operations (workspace_id, id, actor)
      select $1, gen_random_uuid(), 'bench' from generate_series(1, $2::int) returning seq
    )
    insert into events (workspace_id, operation, action, goal_id, task_id, before, after)
    select $1, m.seq, 'updated', 'GOAL-0001', 'TASK-0001', '{"status": "pending"}', '{"status": "in_progress"}' from made m`,
    [workspaceId, count],
  );
  await sql.query('analyze operations; analyze events');
}

async function anOpenTransaction(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query('begin; select count(*) from goals g join tasks t on t.goal_id = g.id');
  return client;
}

/** Changes one after the other, by turns while nobody watches and while a thousand do. */
async function writesBesideWatchers(call: Setting['call'], goal: string, print: (line: string) => void): Promise<void> {
  const times = { nobody: [] as number[], watchers: [] as number[] };
  const writes = () =>
    measure(writesPerTurn, (n) => updateGoal(call, goal, { priority: n % 2 === 0 ? 'high' : 'low' }));
  await writes();
  for (let turn = 0; turn < turns; turn += 1) {
    times.nobody.push(...(await writes()));
    const stops = Array.from({ length: watchers }, () => new AbortController());
    const begun = await Promise.all(stops.map(({ signal }) => aWatch(call, signal)));
    const following = begun.map(async (watch) => {
      for await (const _ of watch);
    });
    times.watchers.push(...(await writes()));
    for (const stop of stops) stop.abort();
    await Promise.all(following);
  }
  print(
    `a change, ms: ${cells(times.nobody)} while nobody watches, ${cells(times.watchers)} beside ${watchers} watchers`,
  );
}

async function aWatch(call: Setting['call'], signal: AbortSignal) {
  const watch = watchChanges(call.store, { signal });
  await watch.next();
  return watch;
}

/** Milliseconds from the answer to a change until each watcher has it. */
async function delaysOfNews(call: Setting['call'], goal: string): Promise<number[]> {
  const stops = Array.from({ length: watchers }, () => new AbortController());
  const delays: number[] = [];
  let changedAt = 0;
  let heard = 0;
  const begun = stops.map(({ signal }) => aWatch(call, signal));
  const following = (await Promise.all(begun)).map(async (watch) => {
    for await (const { changes } of watch) {
      delays.push(...changes.map(() => performance.now() - changedAt));
      heard += changes.length;
    }
  });
  for (let n = 1; n <= changes; n += 1) {
    await updateGoal(call, goal, { priority: n % 2 === 0 ? 'low' : 'high' });
    changedAt = performance.now();
    while (heard < n * watchers) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
  }
  for (const stop of stops) stop.abort();
  await Promise.all(following);
  return delays;
}
