import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { expect, it } from 'vitest';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { isAtLength, repeats, seed, tell } from '../../support/proof.ts';
import { aServiceForTest, type ServiceProcess } from '../../support/service-process.ts';
import { overHttp, overStdio, runAgent, type Tally, type Way } from './agents.ts';
import { Latency } from './latency.ts';

const lengthMs = repeats('minutes', { briefly: 0.1, atLength: 15 }) * 60_000;
const agents = isAtLength ? 20 : 4;
/** So often something is broken. */
const faultEveryMs = isAtLength ? 10_000 : 1_500;
/** Half of a store that grows has more to read; a call that takes three times as long has found something that grows with it. */
const slowerAtMost = 3;

it(`${agents} agents do everything at once while connections and servers die, and nothing is lost, wrong, or slower in the end`, async () => {
  const database = await aDatabase();
  const sql = await aClient(database);
  let service = await aServiceForTest({ database });
  const ways = Array.from({ length: agents }, (_, n) =>
    n % 2 === 0 ? overStdio(database, `agent-${n}`) : overHttp(() => service, `agent-${n}`),
  );
  const tally: Tally = { done: 0, refused: 0, cut: 0, made: [] };
  // what a start takes is no part of it
  for (const way of ways) await greet(way);
  const latency = new Latency();
  const known = { goals: [], tasks: [] };
  const until = performance.now() + lengthMs;
  const renew = async (gone: ServiceProcess) => {
    const next = await aServiceForTest({ database });
    service = next;
    gone.kill('SIGKILL');
  };
  const [faults] = await Promise.all([
    breakThings({ sql, ways, renew: () => renew(service), chance: chanceOf(seed), until }),
    ...ways.map((way, n) => runAgent({ way, known, chance: chanceOf(seed + n + 1), latency, tally }, until)),
  ]);
  await Promise.all(ways.map((way) => way.close()));
  const [p50, p99] = [latency.thirds(0.5), latency.thirds(0.99)];
  tell('soak', {
    ...{ agents, minutes: lengthMs / 60_000, seed: String(seed), 'calls answered': tally.done },
    ...{ 'refused with a reason': tally.refused, 'cut by a fault': tally.cut, ...faults },
    'ms p50, first third': p50.first.toFixed(1),
    'ms p50, last third': p50.last.toFixed(1),
    'ms p99, first third': p99.first.toFixed(0),
    'ms p99, last third': p99.last.toFixed(0),
  });
  expect(tally.done).toBeGreaterThan(agents);
  expect(await brokenInvariants(sql)).toEqual({});
  expect(await uncounted(sql)).toEqual([]);
  expect(await unrecorded(sql, tally.made)).toEqual([]);
  if (isAtLength) expect(p50.last).toBeLessThan(p50.first * slowerAtMost);
});

/** On a busy machine a start may take longer than its client waits. */
async function greet(way: Way): Promise<void> {
  for (let triesLeft = 20; ; triesLeft -= 1) {
    try {
      await way.call('get_agent_status', {});
      return;
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}

interface Breaking {
  sql: pg.Client;
  ways: readonly Way[];
  /** Puts another service in the place of the one that runs, and kills that. */
  renew: () => Promise<void>;
  chance: () => number;
  until: number;
}

/** One fault after another: a connection that the database ends, a server or the service that is killed. */
async function breakThings({ sql, ways, renew, chance, until }: Breaking) {
  const faults = { 'connections ended': 0, 'servers killed': 0, 'services killed': 0 };
  while (performance.now() + faultEveryMs < until) {
    await sleep(faultEveryMs);
    const kind = chance();
    if (kind < 0.6) {
      faults['connections ended'] += await endConnections(sql);
    } else if (kind < 0.9) {
      ways[2 * Math.floor((chance() * ways.length) / 2)]?.kill();
      faults['servers killed'] += 1;
    } else {
      await renew();
      faults['services killed'] += 1;
    }
  }
  return faults;
}

async function endConnections(sql: pg.Client): Promise<number> {
  const { rowCount } = await sql.query(
    `select pg_terminate_backend(pid)
     from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and random() < 0.3`,
  );
  return rowCount ?? 0;
}

/** Kinds of rows of which there are not as many as the events say: made, less those that are gone. */
async function uncounted(sql: pg.Client): Promise<unknown[]> {
  const { rows } = await sql.query(`
    select *
    from (
      select kind, count(*) filter (where before is null) - count(*) filter (where after is null) as told
      from (
        select case when task_id is null then 'goals' else 'tasks' end as kind, before, after
        from events
        where goal_id <> '' and coalesce(after, before) ? 'status'
      ) e
      group by kind
    ) e
    join (select 'goals' as kind, count(*) as there from goals union all select 'tasks', count(*) from tasks) t using (kind)
    where told <> there`);
  return rows;
}

/** Goals that a caller was told of, and that no event tells of. */
async function unrecorded(sql: pg.Client, made: string[]): Promise<unknown[]> {
  const { rows } = await sql.query(
    'select id from unnest($1::text[]) as m (id) where not exists (select from events e where e.goal_id = m.id and e.before is null)',
    [made],
  );
  return rows;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chanceOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
