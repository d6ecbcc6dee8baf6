import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findService } from '../../src/machine/service/record.ts';
import { stopService } from '../../src/machine/service/stop.ts';
import { processSpace } from '../../src/store/embedded/process.ts';
import { aGoal } from '../support/builders.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { aHome, type Home } from './support.ts';

const database = await aDatabase();
const patient = { timeout: 180_000 };

async function statusOf(home: Home) {
  const { code, stdout } = await home.mcpctl('status', '--json');
  return { code, ...JSON.parse(stdout) };
}

async function addGoal(home: Home, description: string) {
  const { host, port } = home.record();
  const token = readFileSync(path.join(home.directory, 'local-token'), 'utf8').trim();
  const response = await fetch(`http://${host}:${port}/api/v1/goals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ description }),
  });
  return response.status;
}

describe('the service in the background', () => {
  it('starts, tells of itself, stops, and has the data when it starts again', patient, async () => {
    const home = aHome(database);
    const started = await home.mcpctl('start', 'goal-agent');
    expect([started.code, started.stderr]).toEqual([0, '']);
    const { pid, host, port } = home.record();
    expect(started.stdout).toContain(`✔ Goal Agent is ready at http://${host}:${port} (process ${pid}).`);
    expect(await addGoal(home, 'outlive the service')).toBe(201);
    const held = (await statusOf(home)).status.current_state.goals;
    expect(held).toBeGreaterThan(0);
    expect((await home.mcpctl('start')).stdout).toContain(`Goal Agent runs already at http://${host}:${port}`);
    expect((await home.mcpctl('start', '--port', '1')).stdout).toContain('stays at this address');
    expect(await home.mcpctl('start', '--port', '99999')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('65535'),
    });
    expect((await home.mcpctl('stop')).stdout).toBe(`Goal Agent (process ${pid}) is stopped.\n`);
    expect(await statusOf(home)).toEqual({ code: 1, running: false });
    expect((await home.mcpctl('stop')).code).toBe(0);
    expect((await home.mcpctl('start')).code).toBe(0);
    const again = await statusOf(home);
    expect(again).toMatchObject({ code: 0, running: true, status: { current_state: { goals: held } } });
    expect(again.pid).not.toBe(pid);
    const shown = (await home.mcpctl('status', '-v')).stdout;
    expect(shown).toMatch(/Database {3}PostgreSQL, server \(.*\)\n {2}Cache {6}off/);
    expect(shown).toMatch(new RegExp(`Holds {6}${held} goals?, `));
    expect(shown).toContain(`Data       ${home.directory}\n`);
    expect(shown).toContain('Clients    none in the last 15 minutes\n');
    await addGoal(home, 'by a client of this service');
    expect((await home.mcpctl('status')).stdout).toMatch(/Clients {4}\S+ \(now\)\n/);
    expect((await statusOf(home)).clients).toEqual([{ name: expect.any(String), last_seen: expect.any(String) }]);
  });

  it('says at least how much it holds where it does not count to the end', patient, async () => {
    const many = await aDatabase();
    const store = await aStore(many);
    await Promise.all(Array.from({ length: 501 }, () => aGoal({ store, actor: 'tester' })));
    await store.database.close();
    const home = aHome(many);
    await home.mcpctl('start');
    expect((await home.mcpctl('status')).stdout).toContain('Holds      at least 500 goals, 0 tasks, 0 of them open\n');
  });

  it('restarts with the options that it was started with', patient, async () => {
    const home = aHome(database);
    await home.mcpctl('start', '--host', 'localhost');
    const before = home.record();
    const { code, stdout } = await home.mcpctl('restart');
    expect(code).toBe(0);
    expect(stdout).toContain(`Goal Agent (process ${before.pid}) is stopped.`);
    expect(home.record()).toMatchObject({ host: 'localhost', options: ['--host', 'localhost'] });
    expect(home.record().pid).not.toBe(before.pid);
  });

  it('is started once by two starts at once', patient, async () => {
    const home = aHome(database);
    const starts = await Promise.all([home.mcpctl('start'), home.mcpctl('start'), home.mcpctl('start')]);
    expect(starts.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(starts.filter(({ stdout }) => stdout.includes('is ready'))).toHaveLength(1);
    const { pid } = home.record();
    for (const { stdout } of starts) expect(stdout).toContain(`(process ${pid})`);
  });

  it('is ended by force where it does not end when it is asked', patient, async () => {
    const home = aHome(database);
    await home.mcpctl('start');
    const { pid } = home.record();
    process.kill(pid, 'SIGSTOP');
    expect(await stopService(home.directory, { graceMs: 500 })).toMatchObject({ service: { pid }, wasGraceful: false });
    expect(await findService(home.directory)).toBeUndefined();
    expect((await home.mcpctl('start')).code).toBe(0);
  });
});

describe('a number that another process has got', () => {
  it.each([
    ['began at another time', { born: '1' }],
    ['is of another boot or container', { space: 'elsewhere' }],
  ])('belongs to no service: it %s', async (_why, wrong) => {
    const home = aHome(database);
    const stranger = spawn('sleep', ['60']);
    onTestFinished(() => void stranger.kill('SIGKILL'));
    const born = '1';
    const record = {
      ...{ pid: stranger.pid, born, space: await processSpace(), host: '127.0.0.1', port: 1 },
      ...{ started_at: new Date().toISOString(), version: '3.0.0', options: [], ...wrong },
    };
    mkdirSync(path.join(home.directory, 'service'));
    writeFileSync(path.join(home.directory, 'service', 'service.json'), JSON.stringify(record));
    expect(await stopService(home.directory)).toBeUndefined();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  it.each(['', '{"pid": 1', '{"pid": -1}', '[]'])('is not read out of a broken record: %j', async (text) => {
    const home = aHome(database);
    mkdirSync(path.join(home.directory, 'service'));
    writeFileSync(path.join(home.directory, 'service', 'service.json'), text);
    expect(await findService(home.directory)).toBeUndefined();
  });
});

describe('a service that cannot start', () => {
  it('says that another program has its port', patient, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const home = aHome(database, { GOAL_AGENT_PORT: String(port) });
    const message = `The service did not start. Another program listens on 127.0.0.1:${port} already`;
    expect(await home.mcpctl('start')).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    const checked = await home.mcpctl('start', '--check-only');
    expect(checked.code).toBe(1);
    expect(checked.stdout).toContain(`✕ Address    127.0.0.1:${port} cannot be had (another program listens there)`);
  });

  it('says which setting is wrong, without its secret', patient, async () => {
    const home = aHome(database, { GOAL_AGENT_DATABASE_URL: 'mysql://ann:secret@localhost/goals' });
    const { code, stderr } = await home.mcpctl('start');
    expect(code).toBe(1);
    expect(stderr).toMatch(/GOAL_AGENT_DATABASE_URL is "mysql:\/\/\*\*\*"; allowed: /);
    expect(stderr).not.toContain('secret');
  });

  it('says that its database does not answer, and stays to try again', patient, async () => {
    const home = aHome({ ...database, port: 1 });
    const { code, stderr } = await home.mcpctl('start');
    expect(code).toBe(1);
    expect(stderr).toContain('its database cannot be used: The database is not running');
    expect(await statusOf(home)).toMatchObject({
      code: 1,
      running: true,
      status: { persistence: { connected: false } },
    });
  });

  it('is found out before it starts, and nothing is made', patient, async () => {
    const home = aHome({ ...database, database: 'no_such' });
    const { code, stdout } = await home.mcpctl('start', '--check-only');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✕ Database .*database no_such.*There is no such database\. Create it: createdb /);
    expect(readdirSync(home.directory)).toEqual([]);
  });
});
