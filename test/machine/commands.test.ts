import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { endOfLog, followLines, lastLines } from '../../src/machine/log-lines.ts';
import { supervisionOf } from '../../src/machine/supervisor.ts';
import { withoutSecret } from '../../src/main/config/show-settings.ts';
import { aDatabase } from '../support/database.ts';
import { aFolder, aHome } from './support.ts';

const database = await aDatabase();
const patient = { timeout: 120_000 };

describe('mcpctl test', () => {
  it('takes a goal from start to end in a workspace that is gone afterwards', patient, async () => {
    const home = aHome(database);
    const { code, stdout, stderr } = await home.mcpctl('test', '-v', '--timeout', '90', 'goal-agent');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/✔ the server starts and shakes hands {2}\d+ ms/);
    expect(stdout).toMatch(/✔ its workspace is removed again\n$/);
    const client = new pg.Client(database);
    await client.connect();
    const { rows } = await client.query(`select name from workspaces where name like 'test-%'`);
    await client.end();
    expect(rows).toEqual([]);
  });

  it('says which step failed, and why', patient, async () => {
    const home = aHome({ ...database, database: 'no_such' });
    const { code, stdout } = await home.mcpctl('test', '--timeout', '60');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✕ the database answers\n {2}The database that the settings name does not exist/);
  });
});

describe('mcpctl dashboard', () => {
  it('starts the service where it does not run, and gives a link that signs in', patient, async () => {
    const home = aHome(database);
    const { code, stdout } = await home.mcpctl('dashboard', 'goal-agent', '--no-open');
    expect(code).toBe(0);
    expect(stdout).toContain(`http://127.0.0.1:${home.record().port}/#code=`);
  });
});

describe('mcpctl logs', () => {
  it('shows the newest lines as people read them', patient, async () => {
    const home = aHome(database);
    expect((await home.mcpctl('logs')).stdout).toMatch(/^Nothing is in .* yet\.\n$/);
    mkdirSync(path.join(home.directory, 'logs'));
    const line = (msg: string) => `${JSON.stringify({ level: 40, time: Date.UTC(2026, 0, 1), pid: 7, msg })}\n`;
    const file = path.join(home.directory, 'logs', 'goal_agent_server.log');
    writeFileSync(`${file}.1`, line('put aside'));
    writeFileSync(file, `${line('older')}${line('newest')}no JSON\n`);
    const { stdout } = await home.mcpctl('logs', '-n', '2', 'goal-agent');
    expect(stdout).toBe('[2026-01-01 01:00:00] WARN (7): newest\nno JSON\n');
    expect((await home.mcpctl('logs', '--json')).stdout).toBe(
      `${line('put aside')}${line('older')}${line('newest')}no JSON\n`,
    );
  });

  it('follows a log that is put aside when it is full', async () => {
    const file = path.join(aFolder(), 'a.log');
    writeFileSync(file, 'before\n');
    const lines: string[] = [];
    const end = new AbortController();
    const from = await endOfLog(file);
    expect(await lastLines(file, 5)).toEqual(['before']);
    const following = followLines(file, { from, onLine: (line) => lines.push(line), signal: end.signal });
    const add = async (text: string, then: string[]) => {
      appendFileSync(file, text);
      await expect.poll(() => lines, { timeout: 10_000 }).toEqual(then);
    };
    await add('one\ntw', ['one']);
    await add('o\n', ['one', 'two']);
    appendFileSync(file, 'three\n');
    renameSync(file, `${file}.1`);
    await add('four\n', ['one', 'two', 'three', 'four']);
    end.abort();
    await following;
  });
});

describe('mcpctl config', () => {
  it('shows each value, its place, and no secret', patient, async () => {
    const home = aHome(database, { REDIS_URL: 'redis://:hidden@cache', GOAL_AGENT_NAME: 'ann' });
    writeFileSync(path.join(home.directory, '.env'), 'GOAL_AGENT_TIMEOUT=5\nPOSTGRES_PASSWORD=hidden\n');
    const { code, stdout } = await home.mcpctl('config', 'goal-agent');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ GOAL_AGENT_NAME {2,}ann {2,}environment\n/);
    expect(stdout).toContain(`5                                         ${home.directory}/.env\n`.trimStart());
    expect(stdout).toMatch(/ GOAL_AGENT_PORT {2,}0 {2,}environment\n/);
    expect(stdout).toMatch(/ GOAL_AGENT_OAUTH_SCOPES {2,}goals:read,goals:write,goals:admin {2,}default\n/);
    expect(stdout).toMatch(/ REDIS_URL {2,}redis:\/\/\*\*\*@cache {2,}environment, not used\n/);
    expect(stdout).toMatch(/ GOAL_AGENT_RATE_LIMIT {2,}6000 {2,}default\n/);
    expect(stdout).not.toContain('hidden');
    const { settings } = JSON.parse((await home.mcpctl('config', '--json')).stdout);
    expect(settings).toContainEqual({ name: 'GOAL_AGENT_CACHE', value: null, from: 'default', is_used: false });
  });

  it('says which value is wrong', patient, async () => {
    const home = aHome(database, { GOAL_AGENT_TIMEOUT: 'soon' });
    const { code, stdout } = await home.mcpctl('config');
    expect(code).toBe(1);
    expect(stdout).toContain('wrong: GOAL_AGENT_TIMEOUT is "soon"; allowed: seconds');
  });

  it.each([
    ['POSTGRES_PASSWORD', 's3cret', '***'],
    [
      'GOAL_AGENT_DATABASE_URL',
      'postgres://ann:s3cret@db:5432/goals?password=s3cret',
      'postgres://ann:***@db:5432/goals?***',
    ],
    ['GOAL_AGENT_DATABASE_URL', 'postgres://ann:s3cret@a:1,b:2/goals', 'postgres://***'],
    ['GOAL_AGENT_DATABASE_URL', 'ann:s3cret@db', '***'],
    ['GOAL_AGENT_REDIS_URL', 'redis://s3cret@cache/0', 'redis://***@cache/0'],
    ['POSTGRES_HOST', 'ann:s3cret@db', '***'],
    ['POSTGRES_DB', 'goals', 'goals'],
  ])('hides what may be a secret in %s: %s', (name, value, shown) => {
    expect(withoutSecret(name, value)).toBe(shown);
  });
});

describe('service install', () => {
  const machine = {
    ...{
      home: '/home/ann/my $goals 100%',
      program: '/opt/a "b"/goal-agent.js',
      cwd: '/',
      host: '127.0.0.1',
      port: 7432,
    },
    version: '3.0.0',
    localToken: async () => undefined,
  };
  const given = { userHome: '/home/ann', configHome: undefined, node: '/usr/bin/node', uid: 501 };

  it('writes paths as systemd reads them', () => {
    const { file, text } = supervisionOf(machine, { ...given, platform: 'linux' });
    expect(file).toBe('/home/ann/.config/systemd/user/goal-agent.service');
    expect(text).toContain('ExecStart="/usr/bin/node" "/opt/a \\"b\\"/goal-agent.js" serve\n');
    expect(text).toContain('Environment="GOAL_AGENT_HOME=/home/ann/my $goals 100%%"\n');
    expect(text).toContain('WorkingDirectory=/home/ann/my $goals 100%%\n');
  });

  it('writes paths as launchd reads them', () => {
    const { file, text, enable } = supervisionOf({ ...machine, home: '/Users/a&b' }, { ...given, platform: 'darwin' });
    expect(file).toBe('/home/ann/Library/LaunchAgents/io.github.goal-agent.plist');
    expect(text).toContain('<string>/Users/a&amp;b</string>');
    expect(enable).toEqual([['launchctl', 'bootstrap', 'gui/501', file]]);
  });

  it('says where there is neither', () => {
    expect(() => supervisionOf(machine, { ...given, platform: 'win32' })).toThrow(/goal-agent start runs the service/);
  });

  it('prints the file of this machine and does nothing', patient, async () => {
    const home = aHome(database);
    const { code, stdout } = await home.mcpctl('service', 'install', '--print');
    expect(code).toBe(0);
    expect(stdout).toContain(`GOAL_AGENT_HOME=${home.directory}`);
  });
});
