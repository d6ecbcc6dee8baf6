import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { start } from '../legacy/support/program.ts';
import { aDatabase } from '../support/database.ts';
import { aServerForTest } from '../support/server-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-driver-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What psql, libpq and `pg` would heed, each with a value that breaks a connection of ours or changes what it does. */
const foreign = {
  PGHOST: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'somebody',
  PGPASSWORD: 'foreign',
  PGPASSFILE: '/nonexistent/pgpass',
  PGDATABASE: 'elsewhere',
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGREPLICATION: 'database',
  PGOPTIONS: '-c default_transaction_read_only=on',
  PGAPPNAME: 'foreign',
  PGCLIENT_ENCODING: 'LATIN1',
  PGBINARY: '1',
  PGCONNECT_TIMEOUT: '1',
  NODE_PG_FORCE_NATIVE: '1',
};

test('a configured server is reached as our settings say, whatever the variables of other programs say', async () => {
  const server = await aServerForTest({ database: await aDatabase(), env: foreign });
  const { answer, error } = await server.call('create_goal', { description: 'Grüße, 世界', full: true });
  expect(error).toBeUndefined();
  expect(answer).toMatchObject({ description: 'Grüße, 世界' });
});

test.each(Object.entries(foreign))('the embedded database does not heed %s=%s', async (name, value) => {
  const env = { [name]: value, GOAL_AGENT_HOME: path.join(folder, 'home') };
  const nothing = { POSTGRES_HOST: '', POSTGRES_PORT: '', POSTGRES_USER: '', POSTGRES_DB: '', POSTGRES_PASSWORD: '' };
  const { code, stdout, stderr } = await start(['init'], {}, { env: { ...env, ...nothing } }).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/embedded/);
});
