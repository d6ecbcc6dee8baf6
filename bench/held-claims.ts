import pg from 'pg';
import type { PoolCall } from '../src/service/call.ts';
import { claimTasks } from '../src/service/claims.ts';
import { createDatabase } from '../src/store/create-database.ts';
import { openStore } from '../src/store/store.ts';
import { measure, median, table } from './measure.ts';
import type { Setting } from './setting.ts';

const atOnce = 50;
const runs = 300;
/** Ready tasks of one goal, of every priority. */
const perGoal = 100;

/**
 * Claims of one task while a dump or an export holds a snapshot: what was ready when it began cannot be cleaned away. In a
 * workspace where so many tasks were claimed since, and, by turns, in one where none was.
 */
export async function benchHeldClaims({ connection }: Setting, claims: number, print: (line: string) => void) {
  const database = 'held';
  await createDatabase({ ...connection, database: 'postgres' }, database);
  const way = { ...connection, database };
  const sql = new pg.Client(way);
  await sql.connect();
  const first = await aReadyWorkspace(sql, way, { workspace: 'first', tasks: claims / 5 });
  const aged = await aReadyWorkspace(sql, way, { workspace: 'aged', tasks: claims + claims / 5 });
  try {
    await sql.query('vacuum analyze');
    await sql.query('begin isolation level repeatable read');
    await sql.query('select count(*) from tasks');
    for (let claimed = 0; claimed < claims; claimed += atOnce) await claim(aged, atOnce);
    const times: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run += 1) {
      times[0].push(...(await measure(1, () => claim(first, 1))));
      times[1].push(...(await measure(1, () => claim(aged, 1))));
    }
    await sql.query('commit');
    const [before, after] = times.map((each) => median(each.toSorted((a, b) => a - b))) as [number, number];
    table(
      [
        ['a claim under an old snapshot', 'p50 (ms)'],
        ['the first', before],
        [`after ${claims.toLocaleString('en')}`, after],
        ['ratio', after / before],
      ],
      print,
    );
  } finally {
    await sql.end();
    for (const { store } of [first, aged]) await store.database.close();
  }
}

const claim = (call: PoolCall, limit: number) => claimTasks(call, { limit, leaseSeconds: 36_000 });

async function aReadyWorkspace(
  sql: pg.Client,
  way: pg.ClientConfig,
  { workspace, tasks }: { workspace: string; tasks: number },
): Promise<PoolCall> {
  const store = await openStore({
    connect: async () => way,
    workspace,
    ...{ poolSize: 2, maxOverflow: 0, timeoutMs: 300_000, prepared: true, warn: () => {} },
  });
  await sql.query(
    `insert into goals (workspace_id, id, number, description, priority, status, repos, metadata, total_tasks, open_tasks)
    select $1, 'GOAL-' || g, g, 'a goal', 'medium', 'in_progress', '{}', '{}', ${perGoal}, ${perGoal}
    from generate_series(1, $2::int8 / ${perGoal} + 1) as g`,
    [store.workspaceId, tasks],
  );
  await sql.query(
    `insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, assigned_tools)
    select $1, 'TASK-' || t, t, 'GOAL-' || t / ${perGoal} + 1, 'a task', 'general', 'pending', (enum_range(null::priority))[1 + t % 3], '{}'
    from generate_series(1, $2::int8) as t`,
    [store.workspaceId, tasks],
  );
  return { store, actor: 'bench' };
}
