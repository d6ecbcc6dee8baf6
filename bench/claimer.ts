import pg from 'pg';
import { claimTasks } from '../src/service/claims.ts';
import { openStore } from '../src/store/store.ts';

/** One who claims, with a connection of its own. */
export interface Claimer {
  /** Claims one task; how long it took, in milliseconds. */
  claim(): Promise<number>;
  end(): Promise<void>;
}

/** Claims as a server does: a store with its own pool, of one connection, and its own event numbers. */
export async function aClaimer(connection: pg.ClientConfig, agent: string): Promise<Claimer> {
  const store = await openStore({
    connect: async () => connection,
    workspace: 'default',
    poolSize: 1,
    maxOverflow: 0,
    timeoutMs: 60_000,
    prepared: true,
    warn: () => {},
  });
  const call = { store, actor: agent };
  return {
    claim: () => timed(async () => (await claimTasks(call, { limit: 1, leaseSeconds: 900 })).length),
    end: () => store.database.close(),
  };
}

const lockAndUpdate = `
  with picked as (
    select id from tasks
    where workspace_id = $1 and status = 'pending' and open_dependencies = 0 and not parked
    order by priority, number limit 1
    for update skip locked
  )
  update tasks t set status = 'in_progress' from picked where t.workspace_id = $1 and t.id = picked.id returning t.id`;

/** Locks and updates the same rows, and no more. */
export async function aRawClaimer(connection: pg.ClientConfig): Promise<Claimer> {
  const client = new pg.Client(connection);
  await client.connect();
  const query = { name: 'lock_and_update', text: lockAndUpdate, values: [1] };
  return {
    claim: () => timed(async () => (await client.query(query)).rowCount ?? 0),
    end: () => client.end(),
  };
}

async function timed(claim: () => Promise<number>): Promise<number> {
  const start = performance.now();
  if ((await claim()) === 0) throw new Error('no task is left to claim');
  return performance.now() - start;
}
