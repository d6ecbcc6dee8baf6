import type pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findServerPostgres, startServerPostgres } from '../../support/server-postgres.ts';
import { aDisk } from './support/disk.ts';
import { looking } from './support/open.ts';

const rows = 50;

/** How many of the rows that were acknowledged one by one are there after a power cut. */
async function keptAfterCut(settings: Record<string, string | boolean>): Promise<number | undefined> {
  const disk = aDisk(400);
  if (disk === undefined) return undefined;
  onTestFinished(() => disk.remove());
  const postgres = await startServerPostgres({ parent: disk.folder, settings: { fsync: true, ...settings } });
  onTestFinished(async () => {
    await postgres.kill9();
    await postgres.stop();
  });
  const { host, port, user, password } = postgres;
  const database: pg.ClientConfig = { host, port, user, password, database: 'postgres' };
  await looking(database, async (sql) => {
    await sql.query('create table kept (n int)');
    await sql.query('checkpoint');
    disk.sync(); // the server was made without flushing it
    for (let n = 0; n < rows; n += 1) await sql.query('insert into kept values ($1)', [n]);
    disk.cutPower();
  });
  await postgres.kill9();
  await disk.restorePower();
  await postgres.restart();
  return looking(database, async (sql) => (await sql.query('select count(*)::int4 as count from kept')).rows[0].count);
}

/** So that the cut comes before the log is written anyway. */
const unflushed = { synchronous_commit: 'off', wal_writer_delay: '10s' };

describe.skipIf(findServerPostgres() === undefined)('the power cut of these proofs', () => {
  it('keeps what was flushed', async () => {
    expect(await keptAfterCut({})).toSatisfy((kept) => kept === undefined || kept === rows);
  });

  it('loses what was acknowledged and not flushed', async () => {
    // a busy machine may write everything before the cut
    const seen: (number | undefined)[] = [];
    do seen.push(await keptAfterCut(unflushed));
    while (seen.at(-1) === rows && seen.length < 5);
    expect(seen.at(-1)).toSatisfy((kept) => kept === undefined || kept < rows);
  });
});
