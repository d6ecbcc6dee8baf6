import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { createDatabase } from '../src/store/create-database.ts';
import { table } from './measure.ts';
import { runMeasured } from './run-measured.ts';
import type { Setting } from './setting.ts';
import { aFilledStore } from './sized.ts';

/**
 * A backup of a store, the look whether its file is whole, and its restoration into an empty database: how long each takes,
 * and the most memory that the program holds. Of a store a tenth as large, too: the memory must not grow with the store.
 */
export async function benchBackup(setting: Setting, tasks: number, print: (line: string) => void): Promise<void> {
  const rows: (string | number)[][] = [['tasks', 'rows', 'file (MB)', 'command', 'time (s)', 'memory (MB)']];
  for (const size of [tasks / 10, tasks]) {
    const database = `backup_${size}`;
    const { call } = await aFilledStore(setting, { database, workspace: 'default', tasks: size });
    await call.store.database.close();
    rows.push(...(await measureOne(setting, { database, tasks: size })));
  }
  table(rows, print);
}

async function measureOne(
  setting: Setting,
  { database, tasks }: { database: string; tasks: number },
): Promise<(string | number)[][]> {
  const file = path.join(setting.home, `${database}.backup`);
  const backup = await runMeasured(['backup', file], environmentOf(setting, database));
  const megabytes = Math.round(statSync(file).size / 1e6);
  const check = await runMeasured(['restore', file, '--check'], environmentOf(setting, database));
  const restored = `${database}_restored`;
  await createDatabase({ ...setting.connection, database: 'postgres' }, restored);
  const restore = await runMeasured(['restore', file], environmentOf(setting, restored));
  const count = await rowsOf(setting, restored);
  await dropDatabases(setting, [database, restored]);
  rmSync(file);
  const measured = { backup, 'restore --check': check, restore };
  return Object.entries(measured).map(([command, { seconds, megabytes: memory }]) => [
    ...[tasks.toLocaleString('en'), count.toLocaleString('en'), megabytes, command],
    ...[seconds.toFixed(1), memory.toFixed(0)],
  ]);
}

function environmentOf({ connection: { host, port, user }, home }: Setting, database: string): Record<string, string> {
  return {
    ...{ GOAL_AGENT_HOME: home, POSTGRES_HOST: String(host), POSTGRES_PORT: String(port) },
    ...{ POSTGRES_USER: String(user), POSTGRES_DB: database, GOAL_AGENT_TIMEOUT: '600' },
  };
}

/** Goals, tasks, dependencies, notes, claims and the history. */
async function rowsOf(setting: Setting, database: string): Promise<number> {
  const client = new pg.Client({ ...setting.connection, database });
  await client.connect();
  const tables = ['goals', 'tasks', 'task_dependencies', 'notes', 'claims', 'operations', 'events'];
  const sum = tables.map((name) => `(select count(*) from ${name})`).join(' + ');
  const { rows } = await client.query(`select (${sum})::int8 as count`);
  await client.end();
  return Number(rows[0].count);
}

async function dropDatabases({ connection }: Setting, names: string[]): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  await client.connect();
  for (const name of names) await client.query(`drop database ${name}`);
  await client.end();
}
