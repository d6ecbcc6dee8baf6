import type pg from 'pg';
import { fills, historyPerGoal, tasksPerGoal } from './fills.ts';

/** Tasks that each statement makes. */
const atOnce = 100_000;
/** From so many on it is faster to make the indexes afterwards. */
const indexedAfterwards = 10_000;

/** What wears a store: rows of every kind have moved, and their old places are free again. */
const wear = [
  `update tasks t set revision = t.revision + 1 where t.workspace_id = $1 and t.number % 5 = 0`,
  `update goals g set revision = g.revision + 1 where g.workspace_id = $1 and g.number % 5 = 0`,
];

/** A workspace that is being filled: how many tasks it will have, and where the numbers of its history begin. */
export interface Filling {
  workspaceId: number;
  count: number;
  firstSeq: number;
}

/**
 * Fills an empty workspace with as many tasks, a tenth as many goals, and the history of all of them: some half a year's
 * work of many agents. Set by set, over several connections at once, and with the indexes of a large store made afterwards.
 */
export async function fillStore(
  clients: readonly [pg.Client, ...pg.Client[]],
  workspaceId: number,
  count: number,
): Promise<void> {
  const [client] = clients;
  for (const each of clients) await letFill(each);
  const filling = await beginFilling(client, workspaceId, count);
  const indexes = count < indexedAfterwards ? [] : await dropIndexes(client);
  for (const kind of fills) {
    const many = kind.of === 'tasks' ? count : count / tasksPerGoal;
    const firsts = Array.from({ length: Math.ceil(many / atOnce) }, (_, part) => 1 + part * atOnce);
    await shared(clients, firsts, (by, first) =>
      fillPart(by, filling, { text: kind.text, first, last: Math.min(many, first + atOnce - 1) }),
    );
  }
  await shared(clients, indexes, (by, definition) => by.query(definition));
  await client.query('vacuum analyze');
  for (const text of wear) await client.query(text, [workspaceId]);
  await client.query('vacuum analyze');
  await client.query('reset all; checkpoint');
}

/** Does each piece of work over the next connection that is free. */
async function shared<W>(
  clients: readonly pg.Client[],
  work: readonly W[],
  run: (client: pg.Client, piece: W) => Promise<unknown>,
): Promise<void> {
  const left = work.values();
  await Promise.all(
    clients.map(async (client) => {
      for (const piece of left) await run(client, piece);
    }),
  );
}

/** From here on the connection does not look at foreign keys, and waits for no flush. */
export async function letFill(client: pg.Client): Promise<void> {
  await client.query(
    `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'`,
  );
}

/** Takes the numbers of the rows. */
export async function beginFilling(client: pg.Client, workspaceId: number, count: number): Promise<Filling> {
  const { rows } = await client.query(`select nextval('history_numbers')::int8 as first`);
  const firstSeq = rows[0].first;
  const goals = count / tasksPerGoal;
  await client.query(`select setval('history_numbers', $1::int8 + $2 * ${historyPerGoal})`, [firstSeq, goals]);
  await client.query(
    `update counters c set next = case c.kind when 'task' then $2::int8 else $2::int8 / ${tasksPerGoal} end + 1 where c.workspace_id = $1`,
    [workspaceId, count],
  );
  return { workspaceId, count, firstSeq };
}

export async function fillPart(
  client: pg.Client,
  { workspaceId, count, firstSeq }: Filling,
  { text, first, last }: { text: string; first: number; last: number },
): Promise<void> {
  await client.query(`with typed as (select $1::int8, $2::int8, $3::int8, $4::int8, $5::int8) ${text}`, [
    ...[workspaceId, count, first, last, firstSeq],
  ]);
}

/** Gives back the commands that make them again. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = current_schema()::regnamespace and not i.indisprimary and not i.indisunique`);
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}
