import { step } from '../store/database.ts';
import { measureWorkspace } from '../store/statements/measure-workspace.ts';
import { type PoolCall, read } from './call.ts';

/** Counts go no further than this: a measurement costs the same among any number of tasks. */
export const measuredAtMost = 10_000;

/** How a workspace and its database stand, for a monitor. Counts end at `measuredAtMost`. */
export interface Measures {
  ready: number;
  inProgress: number;
  blocked: number;
  failed: number;
  claims: number;
  leasesRunOut: number;
  /** Seconds that the oldest snapshot in this database has been held: it keeps dead rows from being removed. */
  oldestSnapshotSeconds: number;
  /** The last number of the history; it only grows. */
  lastEvent: number;
  /** This process's connections to the database, and the calls that wait for one. */
  pool: { open: number; idle: number; waiting: number };
}

export async function measure(call: PoolCall): Promise<Measures> {
  const { database, workspaceId } = call.store;
  const { rows } = await read(call, { rows: step(measureWorkspace, { workspaceId, atMost: measuredAtMost }) });
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was measured');
  return {
    ready: row.ready,
    inProgress: row.in_progress,
    blocked: row.blocked,
    failed: row.failed,
    claims: row.claims,
    leasesRunOut: row.leases_run_out,
    oldestSnapshotSeconds: row.oldest_snapshot_seconds,
    lastEvent: row.last_event,
    pool: database.poolState(),
  };
}
