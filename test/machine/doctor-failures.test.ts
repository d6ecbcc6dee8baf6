import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../legacy/support/program.ts';
import { afterFile } from '../support/after-file.ts';
import { program } from '../support/bundle.ts';
import { makeAuthority } from '../support/certificates.ts';
import { aDatabase } from '../support/database.ts';
import { findServerPostgres, type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';
import { environmentOf } from '../support/server-process.ts';

// Each failure of the guide is there for real; the doctor names its cause and its mend.

const patient = { timeout: 120_000 };
const ofTests = /^fsync is off/;

async function findingsOf(database: pg.ClientConfig, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await run(['doctor', '--json'], database, { env });
  if (stdout === '') throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as {
    findings: { level: string; area: string; what: string; advice?: string }[];
  };
  const errors = findings.filter(({ level, what }) => level === 'error' && !ofTests.test(what));
  const text = errors.map(({ what, advice }) => `${what} → ${advice}`).join('\n');
  return { code, findings, text };
}

async function aClient(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

describe.skipIf(findServerPostgres() === undefined)('goal-agent doctor, at a server of its own', () => {
  let server: ServerPostgres;
  let way: pg.ClientConfig;
  beforeAll(async () => {
    const authority = makeAuthority('doctor');
    server = await startServerPostgres({
      settings: { max_connections: 10, superuser_reserved_connections: 3 },
      tls: authority.sign({ commonName: 'localhost' }),
      hba: [
        'local all all trust',
        'local replication all trust',
        'host replication postgres 127.0.0.1/32 scram-sha-256',
        'hostssl all tls_only 127.0.0.1/32 scram-sha-256',
        'host all postgres,ann 127.0.0.1/32 scram-sha-256',
      ],
    });
    const { host, port, user, password } = server;
    way = { host, port, user, password, database: 'postgres' };
    const sql = new pg.Client(way);
    await sql.connect();
    await sql.query(`create role ann login password 'a'; create role tls_only login password 'a'`);
    await sql.end();
  });
  afterFile(() => server?.stop());

  it('a wrong password', patient, async () => {
    const { code, text } = await findingsOf({ ...way, password: 'wr0ng' });
    expect([code, text]).toEqual([
      1,
      expect.stringContaining('User name or password is wrong. Correct POSTGRES_PASSWORD'),
    ]);
    expect(text).not.toContain('wr0ng');
  });

  it('TLS that the server demands', patient, async () => {
    const { code, text } = await findingsOf({ ...way, user: 'tls_only', password: 'a' });
    expect([code, text]).toEqual([1, expect.stringContaining('set POSTGRES_SSL_MODE=require')]);
    const { text: mended } = await findingsOf(
      { ...way, user: 'tls_only', password: 'a' },
      { POSTGRES_SSL_MODE: 'require' },
    );
    expect(mended).not.toContain('POSTGRES_SSL_MODE');
  });

  it('no right to create tables', patient, async () => {
    const { code, text } = await findingsOf({ ...way, user: 'ann', password: 'a' });
    expect(code).toBe(1);
    expect(text).toContain('The tables are missing');
    expect(text).toContain('may not create tables in the schema public');
    expect(text).toContain('grant create on schema public');
  });

  it('rights that the user lacks', patient, async () => {
    const goals = { ...way, database: 'goals' };
    expect((await run(['init'], goals)).code).toBe(0);
    const owner = await aClient(goals);
    await owner.query('grant select on all tables in schema public to ann');
    const { code, text } = await findingsOf({ ...goals, user: 'ann', password: 'a' });
    expect([code, text]).toEqual([1, expect.stringContaining('lacks rights: delete on the table claims')]);
    expect(text).toContain('Grant them as the owner');
  });

  it('too many clients', patient, async () => {
    const taken: pg.Client[] = [];
    onTestFinished(async () => void (await Promise.all(taken.map((client) => client.end()))));
    for (;;) {
      const client = new pg.Client({ ...way, user: 'ann', password: 'a' });
      client.on('error', () => {});
      try {
        await client.connect();
        taken.push(client);
      } catch {
        break;
      }
    }
    const { code, text } = await findingsOf({ ...way, user: 'ann', password: 'a' });
    expect([code, text]).toEqual([
      1,
      expect.stringContaining("All connections are taken. Raise the server's max_connections"),
    ]);
  });

  it('a replica that takes no changes', patient, async () => {
    const standby = await startServerPostgres({ standbyOf: server });
    onTestFinished(() => standby.stop());
    const { code, text } = await findingsOf({ ...way, port: standby.port });
    expect([code, text]).toEqual([1, expect.stringContaining('The server is a standby')]);
    expect(text).toContain('Point POSTGRES_HOST to the primary');
  });

  it('a database that stopped', patient, async () => {
    const gone = await startServerPostgres();
    await gone.stop();
    const { code, text } = await findingsOf({ ...way, port: gone.port });
    expect([code, text]).toEqual([1, expect.stringContaining('Start PostgreSQL')]);
  });
});

describe('goal-agent doctor', () => {
  const disk = process.platform === 'linux' && process.getuid?.() === 0 ? aSmallDisk() : undefined;
  afterFile(() => {
    if (disk === undefined) return;
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  it.runIf(disk)('a full disk', patient, async () => {
    const { code, text } = await findingsOf(await aDatabase(), { GOAL_AGENT_HOME: String(disk) });
    expect([code, text]).toEqual([1, expect.stringContaining('is full (2 MB are free)')]);
    expect(text).toContain('Make room');
  });

  it('the clients: which have Goal Agent, which start another one, and which cannot start it', patient, async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-clients-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const put = (file: string, value: object) => {
      mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
      writeFileSync(path.join(home, file), JSON.stringify(value));
    };
    const database = await aDatabase();
    // a store of its own in this home would still be in the making when the doctor ends its server and the home goes
    const env = environmentOf(database);
    const entry = (command: string, ...args: string[]) => ({ mcpServers: { 'goal-agent': { command, args, env } } });
    put('.cursor/mcp.json', entry(process.execPath, program, 'mcp'));
    put('.gemini/settings.json', entry('/nowhere/goal-agent', 'mcp'));
    put('.codeium/windsurf/mcp_config.json', entry('sh', '-c', `exec '${process.execPath}' '${program}' mcp`));
    mkdirSync(path.join(home, '.config', 'zed'), { recursive: true });
    const { findings } = await findingsOf(database, { HOME: home, PATH: '/usr/bin:/bin' });
    const ofClients = findings.filter(({ area }) => area === 'clients');
    expect(ofClients.map(({ level, what }) => [level, what.replace(home, '~')])).toEqual([
      ['ok', 'Cursor starts Goal Agent (~/.cursor/mcp.json).'],
      ['error', 'Gemini CLI cannot start Goal Agent as ~/.gemini/settings.json says: its program is not there.'],
      ['warning', 'Windsurf starts another installation of Goal Agent (~/.codeium/windsurf/mcp_config.json).'],
      ['ok', 'Zed is on this machine and has no Goal Agent; goal-agent setup zed connects it.'],
    ]);
    expect(ofClients[1]?.advice).toBe('Run: goal-agent setup gemini');
  });
});

/** Of 2 MB; undefined where this machine lets nobody mount. */
function aSmallDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', folder]).status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}
