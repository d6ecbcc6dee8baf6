import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GoalAgentError } from '../../src/domain/errors.ts';
import { dataDirectory } from '../../src/main/config/paths.ts';
import { readConfig } from '../../src/main/config.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'goal-agent-config-'));
});

afterEach(() => rmSync(cwd, { recursive: true }));

/** As a server reads them, whose home has this `.env`. */
function configOf(env: Record<string, string>, envFile?: string) {
  const home = path.join(cwd, 'home');
  if (envFile !== undefined) writeEnvFile(home, envFile);
  return readConfig({ env: { GOAL_AGENT_HOME: home, ...env }, cwd, reader: 'server' });
}

function writeEnvFile(directory: string, text: string): string {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, '.env');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function connectionOf(env: Record<string, string>, envFile?: string) {
  const { database } = configOf(env, envFile);
  if (database.kind !== 'server') throw new Error('expected a server');
  return database.connection;
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    configOf(env);
  } catch (error) {
    expect(error).toBeInstanceOf(GoalAgentError);
    expect(error).toMatchObject({ code: 'configuration' });
    return (error as Error).message.split('\n');
  }
  throw new Error('expected the settings to be refused');
}

describe('with nothing set', () => {
  test('the database is the embedded one, the cache is off, and the rest are the documented defaults', () => {
    const surroundings = { env: { HOME: '/home/ada' }, cwd, reader: 'server' } as const;
    expect(readConfig(surroundings)).toEqual({
      database: { kind: 'embedded' },
      pool: { size: 10, maxOverflow: 20 },
      prepared: true,
      timeoutMs: 30_000,
      maxWorkers: 5,
      cache: { kind: 'off' },
      home: dataDirectory({ HOME: '/home/ada' }),
      workspace: 'default',
      actor: undefined,
      http: { host: '127.0.0.1', port: 7432, publicUrl: undefined, requestsAMinute: 6000, oauth: undefined },
      webhooks: { allowPrivate: false },
      backups: undefined,
      v2Directory: { path: path.join(cwd, 'data/goals'), isNamed: false },
      toolsets: ['core', 'team'],
      readOnly: false,
      told: {
        databaseFrom: 'no setting names a server',
        workspaceFrom: 'the default',
        used: [],
        cacheFrom: 'no setting names a Redis',
        beside: undefined,
        files: [],
        notices: [],
        clientEnv: {},
      },
    });
  });

  test("data go to the platform's own place", () => {
    expect(dataDirectory({ HOME: '/home/ada' }, 'linux')).toBe('/home/ada/.local/share/goal-agent');
    expect(dataDirectory({ HOME: '/home/ada', XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/goal-agent');
    expect(dataDirectory({ HOME: '/home/ada', XDG_DATA_HOME: 'data' }, 'linux')).toBe(
      '/home/ada/.local/share/goal-agent',
    );
    expect(dataDirectory({ HOME: '/Users/ada' }, 'darwin')).toBe('/Users/ada/Library/Application Support/goal-agent');
    expect(dataDirectory({ LOCALAPPDATA: 'C:\\Local' }, 'win32')).toBe('C:\\Local\\goal-agent');
  });
});

describe('where a value comes from', () => {
  test('the environment goes before the env file, and the env file before the default', () => {
    const env = { GOAL_AGENT_WORKSPACE: 'from-env' };
    const file =
      'GOAL_AGENT_WORKSPACE=from-file\nGOAL_AGENT_TIMEOUT=7\n# a comment\nGOAL_AGENT_NAME="with # and spaces"\n';
    expect(configOf(env, file)).toMatchObject({
      workspace: 'from-env',
      timeoutMs: 7000,
      actor: 'with # and spaces',
      maxWorkers: 5,
    });
  });

  test('an empty value counts as unset', () => {
    const env = { POSTGRES_HOST: '', GOAL_AGENT_DATABASE_URL: '', GOAL_AGENT_WORKSPACE: '' };
    const config = configOf(env, 'GOAL_AGENT_WORKSPACE=team\n');
    expect(config.database.kind).toBe('embedded');
    expect(config.workspace).toBe('team');
  });

  test("GOAL_AGENT_ENV names an env file, which must be there, and which goes before the home's own", () => {
    writeFileSync(path.join(cwd, 'other.env'), 'GOAL_AGENT_WORKSPACE=other\n');
    const config = configOf({ GOAL_AGENT_ENV: 'other.env' }, 'GOAL_AGENT_WORKSPACE=usual\nGOAL_AGENT_NAME=ada\n');
    expect(config).toMatchObject({ workspace: 'other', actor: 'ada' });
    const [problem] = problemsOf({ GOAL_AGENT_ENV: 'missing.env' });
    expect(problem).toContain('GOAL_AGENT_ENV is "missing.env"');
    expect(problem).toContain('ENOENT');
    expect(configOf({ GOAL_AGENT_ENV: '/dev/null' }).workspace).toBe('usual');
  });

  test("the process's environment is not changed", () => {
    const before = { ...process.env };
    writeFileSync(path.join(cwd, '.env'), 'GOAL_AGENT_ONLY_IN_FILE=1\nPOSTGRES_HOST=file\n');
    readConfig({ env: process.env, cwd, reader: 'command' });
    expect({ ...process.env }).toEqual(before);
  });

  test('paths start at the working directory, and ~ is the home directory', () => {
    expect(configOf({ GOAL_AGENT_HOME: 'here', GOAL_AGENT_V2_DIR: '/old' })).toMatchObject({
      home: path.join(cwd, 'here'),
      v2Directory: { path: '/old', isNamed: true },
    });
    expect(configOf({ GOAL_AGENT_HOME: '~/goals' }).home).toBe(path.join(homedir(), 'goals'));
  });
});

describe('the database', () => {
  test('POSTGRES_HOST means a server, with the defaults of the rest', () => {
    expect(connectionOf({ POSTGRES_HOST: 'x' })).toMatchObject({
      host: 'x',
      port: 5432,
      database: 'mcp_goals',
      user: 'postgres',
      password: undefined,
      sslMode: 'prefer',
    });
  });

  test('POSTGRES_DB=mcp_goals means a server on this machine', () => {
    const env = { POSTGRES_DB: 'mcp_goals', POSTGRES_PORT: '6543' };
    expect(connectionOf(env)).toMatchObject({ host: 'localhost', port: 6543, database: 'mcp_goals' });
  });

  test.each([
    [
      'postgres://ada:s%40cret@db.example:6543/work',
      { host: 'db.example', port: 6543, database: 'work', user: 'ada', password: 's@cret' },
    ],
    [
      'postgresql://db.example',
      { host: 'db.example', port: 5432, database: 'mcp_goals', user: 'postgres', password: undefined },
    ],
    ['postgres://ada:a#b?c+d@h/x%20y', { password: 'a#b?c+d', database: 'x y', host: 'h' }],
    ['postgres://[::1]:6543/work', { host: '::1', port: 6543 }],
    ['postgres://a:1,b/work', { host: 'a', port: 1, otherHosts: [{ host: 'b', port: 5432 }] }],
    ['postgres://a,[::1]:2/work', { host: 'a', port: 5432, otherHosts: [{ host: '::1', port: 2 }] }],
    ['postgres:///work?host=a,b&port=1,2', { host: 'a', port: 1, otherHosts: [{ host: 'b', port: 2 }] }],
    ['postgres://a,b/work?port=3&target_session_attrs=read-write', { port: 3, otherHosts: [{ host: 'b', port: 3 }] }],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/work', { host: '/var/run/postgresql', database: 'work' }],
    ['postgres://ada@/work?host=/run/postgresql&port=6543', { host: '/run/postgresql', user: 'ada', port: 6543 }],
    [
      'postgres:///?dbname=work&user=ada&password=p%26q',
      { host: 'localhost', database: 'work', user: 'ada', password: 'p&q' },
    ],
    [
      'postgres://h/d?options=-c%20search_path%3Dx&application_name=me+you',
      { options: '-c search_path=x', applicationName: 'me+you' },
    ],
    ['postgres://h/d?connect_timeout=3&channel_binding=prefer', { connectTimeoutMs: 3000, channelBinding: true }],
    [
      'postgres://h/d?sslmode=verify-full&sslrootcert=/ca.crt&sslcert=/c.crt&sslkey=/c.key',
      { sslMode: 'verify-full', sslRootCert: '/ca.crt', sslCert: '/c.crt', sslKey: '/c.key' },
    ],
  ])('GOAL_AGENT_DATABASE_URL %s is read as libpq reads it', (url, parts) => {
    expect(connectionOf({ GOAL_AGENT_DATABASE_URL: url })).toMatchObject(parts);
  });

  test('POSTGRES_HOST may name several hosts, with one port or one for each', () => {
    expect(connectionOf({ POSTGRES_HOST: 'a, b' })).toMatchObject({
      host: 'a',
      port: 5432,
      otherHosts: [{ host: 'b', port: 5432 }],
    });
    expect(connectionOf({ POSTGRES_HOST: 'a,[::1]', POSTGRES_PORT: '1,2' })).toMatchObject({
      port: 1,
      otherHosts: [{ host: '::1', port: 2 }],
    });
    expect(problemsOf({ POSTGRES_HOST: 'a,b', POSTGRES_PORT: '1,2,3' })).toEqual([
      'POSTGRES_PORT is "1,2,3"; allowed: one port, or one for each host',
    ]);
    expect(problemsOf({ GOAL_AGENT_DATABASE_URL: 'postgres://a,b/d?port=1,2,3' })).toEqual([
      'GOAL_AGENT_DATABASE_URL is a URL with port "1,2,3"; allowed: one port, or one for each host',
    ]);
  });

  test('a URL wins as a whole, and a notice names what it overrules, without values', () => {
    const env = {
      GOAL_AGENT_DATABASE_URL: 'postgres://ada:one@h/work',
      POSTGRES_HOST: 'h',
      POSTGRES_PORT: '6543',
      POSTGRES_PASSWORD: 'two',
    };
    expect(connectionOf(env)).toMatchObject({ host: 'h', port: 5432, password: 'one' });
    expect(configOf(env).told.notices).toEqual([
      'POSTGRES_HOST, POSTGRES_PORT, POSTGRES_PASSWORD in the environment are not used: the database is that of GOAL_AGENT_DATABASE_URL in the environment.',
    ]);
  });

  test('POSTGRES_SSL_* fill in what a URL does not say', () => {
    const ssl = { POSTGRES_SSL_MODE: 'verify-ca', POSTGRES_SSL_ROOT_CERT: 'ca.crt' };
    const rootCert = path.join(cwd, 'ca.crt');
    expect(connectionOf({ GOAL_AGENT_DATABASE_URL: 'postgres://h/d', ...ssl })).toMatchObject({
      sslMode: 'verify-ca',
      sslRootCert: rootCert,
    });
    const both = { GOAL_AGENT_DATABASE_URL: 'postgres://h/d?sslmode=require', ...ssl };
    expect(connectionOf(both)).toMatchObject({ sslMode: 'require', sslRootCert: rootCert });
    expect(configOf(both).told.notices).toEqual([expect.stringMatching(/^POSTGRES_SSL_MODE in .* is not used/)]);
  });

  test('the public authorities mean verify-full, and allow nothing less', () => {
    const system = { POSTGRES_HOST: 'h', POSTGRES_SSL_ROOT_CERT: 'system' };
    expect(connectionOf(system)).toMatchObject({ sslMode: 'verify-full', sslRootCert: 'system' });
    expect(problemsOf({ ...system, POSTGRES_SSL_MODE: 'require' })).toEqual([
      'POSTGRES_SSL_MODE is "require"; allowed with POSTGRES_SSL_ROOT_CERT=system: verify-full',
    ]);
  });

  test('channel_binding=require is taken as prefer, with a warning', () => {
    const config = configOf({ GOAL_AGENT_DATABASE_URL: 'postgres://h/d?channel_binding=require' });
    expect(config.database).toMatchObject({ connection: { channelBinding: true } });
    expect(config.told.notices).toEqual([expect.stringContaining('channel_binding=require')]);
  });
});

describe('the cache', () => {
  const local = { host: 'localhost', port: 6379, database: 0, tls: false };

  test.each([
    [{ CACHE_ENABLED: 'true' }, local],
    [
      { CACHE_ENABLED: 'true', REDIS_DB: '2', REDIS_PASSWORD: 'p' },
      { ...local, database: 2, password: 'p' },
    ],
    [{ REDIS_HOST: 'cache' }, { ...local, host: 'cache' }],
    [
      { GOAL_AGENT_REDIS_URL: 'rediss://ada:p%40@cache:6380/3' },
      { host: 'cache', port: 6380, database: 3, user: 'ada', password: 'p@', tls: true },
    ],
    [{ GOAL_AGENT_REDIS_URL: 'redis://[::1]' }, { ...local, host: '::1' }],
    [
      { GOAL_AGENT_CACHE: 'REDIS_URL', REDIS_URL: 'redis://cache' },
      { ...local, host: 'cache' },
    ],
  ])('%j turns it on', (env, connection) => {
    expect(configOf(env).cache).toMatchObject({ kind: 'redis', connection });
  });

  test.each([{ CACHE_ENABLED: 'no' }, { GOAL_AGENT_CACHE: 'off' }])('%j turns it off whatever names one', (env) => {
    const config = configOf({ ...env, REDIS_HOST: 'cache', GOAL_AGENT_REDIS_URL: 'redis://cache' });
    expect(config.cache).toEqual({ kind: 'off' });
  });

  test('a URL wins, with a notice', () => {
    const config = configOf({ GOAL_AGENT_REDIS_URL: 'redis://cache', REDIS_HOST: 'other', REDIS_PORT: '6379' });
    expect(config.cache).toMatchObject({ connection: { host: 'cache' } });
    expect(config.told.notices).toEqual([expect.stringMatching(/^REDIS_HOST, REDIS_PORT in the environment are not/)]);
  });
});

describe('values', () => {
  test('the plain settings are parsed', () => {
    const config = configOf({
      POSTGRES_POOL_SIZE: '3',
      POSTGRES_MAX_OVERFLOW: '0',
      POSTGRES_PREPARED: 'off',
      GOAL_AGENT_TIMEOUT: '0.5',
      GOAL_AGENT_MAX_WORKERS: ' 7 ',
      GOAL_AGENT_WORKSPACE: 'Team_1.x-y',
      GOAL_AGENT_NAME: 'Ada L.',
      GOAL_AGENT_HOST: '0.0.0.0',
      GOAL_AGENT_PORT: '80',
      GOAL_AGENT_TOOLSETS: 'core, admin',
      GOAL_AGENT_READ_ONLY: 'YES',
    });
    expect(config).toMatchObject({
      pool: { size: 3, maxOverflow: 0 },
      prepared: false,
      timeoutMs: 500,
      maxWorkers: 7,
      workspace: 'Team_1.x-y',
      actor: 'Ada L.',
      http: { host: '0.0.0.0', port: 80 },
      toolsets: ['core', 'admin'],
      readOnly: true,
    });
  });

  test.each(['true', '1', 'yes', 'on', 'TRUE'])('%s means yes', (word) => {
    expect(configOf({ GOAL_AGENT_READ_ONLY: word }).readOnly).toBe(true);
  });

  test.each(['false', '0', 'no', 'off', 'Off'])('%s means no', (word) => {
    expect(configOf({ POSTGRES_PREPARED: word }).prepared).toBe(false);
  });

  test.each([
    ['POSTGRES_PORT', '0', 'is "0"; allowed: a whole number from 1 to 65535'],
    ['POSTGRES_PORT', '54321x', 'is "54321x"; allowed: a whole number from 1 to 65535'],
    [
      'POSTGRES_HOST',
      'one two',
      'is "one two"; allowed: one host name or IP address, several with commas between them, or the directory of a Unix socket',
    ],
    ['POSTGRES_POOL_SIZE', '0', 'is "0"; allowed: a whole number from 1 to 1000'],
    ['POSTGRES_MAX_OVERFLOW', '-1', 'is "-1"; allowed: a whole number from 0 to 1000'],
    ['POSTGRES_SSL_MODE', 'verify', 'is "verify"; allowed: disable, allow, prefer, require, verify-ca, verify-full'],
    ['POSTGRES_PREPARED', 'maybe', 'is "maybe"; allowed: true, 1, yes, on, false, 0, no, off'],
    ['GOAL_AGENT_TIMEOUT', '0', 'is "0"; allowed: seconds, from 0.1 to 86400'],
    ['GOAL_AGENT_TIMEOUT', '1e3', 'is "1e3"; allowed: seconds, from 0.1 to 86400'],
    [
      'GOAL_AGENT_WORKSPACE',
      'a b',
      'is "a b"; allowed: 1 to 64 letters (a to z), digits, ".", "_" and "-"; or @project',
    ],
    ['GOAL_AGENT_NAME', 'x'.repeat(101), `is "${'x'.repeat(80)}…"; allowed: text of 1 to 100 characters`],
    ['GOAL_AGENT_TOOLSETS', 'core,,team', 'is "core,,team"; allowed: names with commas between them: core,team'],
    [
      'GOAL_AGENT_DATABASE_URL',
      'postgres://h/d?sslmode=on',
      'is a URL with sslmode "on"; allowed: disable, allow, prefer, require, verify-ca, verify-full',
    ],
    [
      'GOAL_AGENT_DATABASE_URL',
      'postgres://h:99999/d',
      'is a URL with port "99999"; allowed: a whole number from 1 to 65535',
    ],
    [
      'GOAL_AGENT_DATABASE_URL',
      'postgres://h/d?schema=public',
      expect.stringMatching(/is a URL with "schema"; allowed: host, port, .*sslmode/),
    ],
  ])('%s=%s is refused with what is allowed', (name, value, message) => {
    const [problem = ''] = problemsOf({ POSTGRES_HOST: 'h', [name]: value });
    expect(problem.startsWith(`${name} `)).toBe(true);
    expect(problem.slice(name.length + 1)).toEqual(message);
  });

  test('all wrong variables are told at once, a line each', () => {
    const wrong = { POSTGRES_PORT: 'x', GOAL_AGENT_TIMEOUT: 'soon', POSTGRES_HOST: 'h', POSTGRES_SSL_KEY: '/k' };
    const problems = problemsOf(wrong);
    expect(problems.map((line) => line.split(' ')[0]).toSorted()).toEqual([
      'GOAL_AGENT_TIMEOUT',
      'POSTGRES_PORT',
      'POSTGRES_SSL_KEY',
    ]);
  });

  test.each([
    'postgres://ada:hunter2@a@b/d',
    'postgres://ada:hunter2/x@h/d',
    'postgres://ada:hunter2',
    'postgres://ada:hunter2%@h/d',
    'postgres://ada:hunter2@h/d?sslmode=never',
    'postgres://ada:hunter2@one:1:2/d',
    'mysql://ada:hunter2@h/d',
    'host=h password=hunter2',
    'redis://ada:hunter2@h:1/x/y',
    'redis://ada:hunter2/x@h',
    'redis://ada:hunter2%@h',
    'ada:hunter2@h',
  ])('a refused URL does not show its password: %s', (url) => {
    const name = url.startsWith('redis') ? 'GOAL_AGENT_REDIS_URL' : 'GOAL_AGENT_DATABASE_URL';
    const problems = problemsOf({ [name]: url });
    expect(problems.join()).toContain(name);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('a URL in place of a host is refused, and its password is not shown', () => {
    const url = 'postgres://ada:hunter2@h/d';
    expect(problemsOf({ POSTGRES_HOST: url })).toEqual([
      expect.stringMatching(/^POSTGRES_HOST is "\*\*\*"; allowed: one host name/),
    ]);
  });
});
