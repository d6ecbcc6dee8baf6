import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Ended, runProgram } from '../support/run-program.ts';
import { type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-init-'));
let server: ServerPostgres;

beforeAll(async () => {
  server = await startServerPostgres();
  await onServer("create role limited login password 'limited'", 'create database narrow owner limited');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program as a person does, with these settings and none other. */
function goalAgent(args: string[], env: Record<string, string>): Promise<Ended> {
  return runProgram(args, folder, { PATH: process.env.PATH, GOAL_AGENT_HOME: path.join(folder, 'home'), ...env });
}

function settings(more: Record<string, string> = {}): Record<string, string> {
  const { host, port, user, password } = server;
  return {
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    ...more,
  };
}

async function onServer(...statements: string[]): Promise<void> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

describe('goal-agent init', () => {
  it('creates the database, says what it found, and may be run again', async () => {
    const first = await goalAgent(['init'], settings());
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^PostgreSQL +\d+/m);
    expect(first.out).toMatch(/^Server +127\.0\.0\.1, port \d+$/m);
    expect(first.out).toMatch(/^Database +mcp_goals \(created\)$/m);
    expect(first.out).toMatch(/^Schema +\d+ tables, \d+ indexes; ran 0001_/m);
    expect(first.out).toMatch(/^Workspace +default: 0 goals, 0 tasks$/m);
    const second = await goalAgent(['init'], settings());
    expect(second).toMatchObject({ code: 0 });
    expect(second.out).toMatch(/^Database +mcp_goals$/m);
    expect(second.out).toMatch(/up to date/);
  });

  it('takes a name that needs quoting', async () => {
    const { code, out } = await goalAgent(['init'], settings({ POSTGRES_DB: 'My "goals"; drop table x' }));
    expect(out).toMatch(/My "goals"; drop table x \(created\)/);
    expect(code).toBe(0);
  });

  it('says which command somebody who may has to run, when it may not create the database', async () => {
    const limited = settings({ POSTGRES_USER: 'limited', POSTGRES_PASSWORD: 'limited', POSTGRES_DB: 'absent' });
    const { code, out, err } = await goalAgent(['init'], limited);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/limited may not create databases/);
    expect(err).toContain(`createdb -h 127.0.0.1 -p ${server.port} -U postgres -O limited absent`);
    expect(await goalAgent(['init'], { ...limited, POSTGRES_DB: 'narrow' })).toMatchObject({ code: 0, err: '' });
  });

  it('tells an operator where it tried and what went wrong, and never a password', async () => {
    const wrong = await goalAgent(['init'], settings({ POSTGRES_PASSWORD: 'not-the-secret' }));
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(new RegExp(`127\\.0\\.0\\.1, port ${server.port}.*user postgres`));
    expect(wrong.err).not.toContain('not-the-secret');
    const away = await goalAgent(['init'], { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: '1' });
    expect(away).toMatchObject({ code: 1, err: expect.stringMatching(/port 1,.*Start PostgreSQL/s) });
  });

  it('says what is wrong with a setting, and what is allowed', async () => {
    const wrong = { POSTGRES_HOST: 'h', POSTGRES_PORT: 'five', POSTGRES_SSL_MODE: 'maybe' };
    const { code, err } = await goalAgent(['init'], wrong);
    expect(code).toBe(1);
    expect(err).toMatch(/POSTGRES_PORT.*five/);
    expect(err).toMatch(/POSTGRES_SSL_MODE.*maybe.*verify-full/);
  });

  it('takes the .env of the working directory that is ours, says so, and prints what a client needs to do the same', async () => {
    const lines = Object.entries(settings({ POSTGRES_DB: 'mcp_goals' })).map(([name, value]) => `${name}=${value}\n`);
    const file = path.join(folder, '.env');
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    const { code, out, err } = await goalAgent(['init'], {}).finally(() => rmSync(file));
    expect({ code, err }).toEqual({ code: 0, err: `Settings also come from ${file}.\n` });
    expect(out).toContain(`Chosen by   POSTGRES_HOST in ${file}\n`);
    const home = path.join(folder, 'home');
    expect(out).toContain(`\n"env": ${JSON.stringify({ GOAL_AGENT_ENV: file, GOAL_AGENT_HOME: home })}\n`);
  });

  it('prints what a client needs to have the settings of this shell, without its secrets', async () => {
    const { out } = await goalAgent(['init'], settings());
    expect(out).toMatch(
      /with the secrets in place of …:\n"env": \{.*"POSTGRES_HOST":"127\.0\.0\.1".*"POSTGRES_PASSWORD":"…"/,
    );
    expect(out).not.toContain(server.password);
  });

  it('says which settings of other programs it saw and does not use', async () => {
    const foreign = { DATABASE_URL: 'mysql://app:secret@h/d', POSTGRES_USER: 'app', PGHOST: 'h' };
    const { code, out, err } = await goalAgent(['init'], foreign);
    expect(code).toBe(0);
    expect(out).toMatch(/embedded/);
    for (const name of Object.keys(foreign)) expect(err).toContain(name);
    expect(err).not.toContain('secret');
  });

  it('answers the four commands of the old guide with true counts', async () => {
    const client = new pg.Client({ ...inject('postgres'), database: 'template' });
    await client.connect();
    for (const command of [
      'SELECT COUNT(*) FROM goals;',
      'SELECT COUNT(*) FROM tasks;',
      'SELECT * FROM goals ORDER BY created_at DESC LIMIT 1;',
      "SELECT COUNT(*) FROM tasks WHERE goal_id='GOAL-0001';",
    ]) {
      await client.query(command);
    }
    await client.end();
  });
});

describe('the command line', () => {
  it('says its version and its help, and refuses what it does not know', async () => {
    expect((await goalAgent(['--version'], {})).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await goalAgent(['--help'], {})).out).toMatch(/mcp.*init/s);
    expect(await goalAgent(['frobnicate'], {})).toMatchObject({
      code: 2,
      err: expect.stringMatching(/unknown command/),
    });
  });
});
