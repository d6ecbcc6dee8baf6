import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { aFolder, type Env, writeEnv } from './support/started.ts';

/** A home and a working directory of their own, and the settings as they are read there. */
function aPlace() {
  const [home, cwd] = [aFolder(), aFolder()];
  const read = (reader: 'server' | 'command', env: Env = {}) =>
    readConfig({ env: { GOAL_AGENT_HOME: home, ...env }, cwd, reader });
  return { home, cwd, read };
}

/** What other programs' files and environments hold, as found in public repositories. */
const others: Env[] = [
  { DATABASE_URL: 'postgresql://app:secret@db:5432/mydb?schema=public' },
  { DATABASE_URL: 'file:./dev.db' },
  { DATABASE_URL: 'mysql://app:secret@localhost:3306/app' },
  { DATABASE_URL: 'postgres://app:secret@localhost/app', REDIS_URL: 'redis://localhost:6379/0' },
  { POSTGRES_PORT: '5432:5432' },
  { POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'app' },
  { POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'app', POSTGRES_PORT: '5433' },
  { REDIS_URL: 'redis-sentinel://localhost:26379/mymaster' },
  { REDIS_PORT: '6379:6379', REDIS_PASSWORD: 'secret', REDIS_DB: 'first' },
  { POSTGRES_SSL_MODE: 'no-verify' },
];

describe('settings of other programs', () => {
  test.each(others)('in the environment change nothing, and are named: %j', (env) => {
    const { read } = aPlace();
    for (const reader of ['server', 'command'] as const) {
      const config = read(reader, env);
      expect(config).toMatchObject({ database: { kind: 'embedded' }, cache: { kind: 'off' } });
      const told = config.told.notices.join('\n');
      for (const name of Object.keys(env)) expect(told).toContain(name);
      expect(told).not.toContain('secret');
    }
  });

  test.each(others)("in the working directory's .env change nothing: %j", (env) => {
    const { cwd, read } = aPlace();
    const file = writeEnv(cwd, env);
    for (const reader of ['server', 'command'] as const) {
      const config = read(reader);
      expect(config).toMatchObject({ database: { kind: 'embedded' }, cache: { kind: 'off' } });
      expect(config.told.notices).toEqual([expect.stringContaining(file)]);
    }
  });

  test("beside one that is ours, in the same file, are still nobody's server", () => {
    const { cwd, read } = aPlace();
    writeEnv(cwd, { GOAL_AGENT_NAME: 'ada', POSTGRES_PASSWORD: 'secret', DATABASE_URL: 'mysql://h/d', REDIS_URL: 'x' });
    expect(read('command')).toMatchObject({ actor: 'ada', database: { kind: 'embedded' }, cache: { kind: 'off' } });
  });

  test('are used where a variable of ours asks for them, from whichever place has them', () => {
    const { home, read } = aPlace();
    const asking = { GOAL_AGENT_DATABASE: 'DATABASE_URL', GOAL_AGENT_CACHE: 'REDIS_URL' };
    const urls = { DATABASE_URL: 'postgres://ada:one@h/d', REDIS_URL: 'redis://cache' };
    expect(read('server', { ...asking, ...urls })).toMatchObject({
      database: { connection: { host: 'h', password: 'one' } },
      cache: { connection: { host: 'cache' } },
      told: { databaseFrom: 'DATABASE_URL in the environment', cacheFrom: 'REDIS_URL in the environment', notices: [] },
    });
    const file = writeEnv(home, urls);
    const config = read('server', { ...asking, POSTGRES_PASSWORD: 'two' });
    expect(config).toMatchObject({ database: { connection: { host: 'h', password: 'one' } } });
    expect(config.told.databaseFrom).toBe(`DATABASE_URL in ${file}`);
    expect(() => aPlace().read('server', asking)).toThrow(
      /GOAL_AGENT_DATABASE .*no DATABASE_URL is set(.|\n)*GOAL_AGENT_CACHE .*no REDIS_URL/,
    );
  });

  test('GOAL_AGENT_DATABASE=embedded settles it', () => {
    const { home, read } = aPlace();
    writeEnv(home, { GOAL_AGENT_DATABASE: 'embedded', GOAL_AGENT_DATABASE_URL: 'postgres://h/d' });
    const config = read('server', { POSTGRES_HOST: 'project' });
    expect(config).toMatchObject({ database: { kind: 'embedded' } });
    expect(config.told.databaseFrom).toBe(`GOAL_AGENT_DATABASE in ${home}/.env`);
    // a URL of ours in an earlier place is a later word
    expect(read('server', { GOAL_AGENT_DATABASE_URL: 'postgres://mine/d' })).toMatchObject({
      database: { connection: { host: 'mine' } },
    });
    expect(() => read('server', { GOAL_AGENT_DATABASE: 'postgres://ada:hunter2@h/d' })).toThrow(
      /^GOAL_AGENT_DATABASE is "postgres:\/\/\*\*\*"; allowed: embedded, or DATABASE_URL/,
    );
  });

  test('a misspelt setting of ours is named', () => {
    const { read } = aPlace();
    const { told } = read('server', { GOAL_AGENT_DATABSE_URL: 'postgres://h/d' });
    expect(told.notices).toEqual([expect.stringMatching(/^GOAL_AGENT_DATABSE_URL in the environment is not used/)]);
  });

  test('of psql are named', () => {
    const surroundings = {
      env: {},
      cwd: aFolder(),
      reader: 'server',
      driverVariables: ['PGHOST', 'PGSSLMODE'],
    } as const;
    expect(readConfig(surroundings).told.notices).toEqual([expect.stringMatching(/^PGHOST, PGSSLMODE in the env/)]);
  });
});

describe('the .env of the working directory', () => {
  const guide = {
    POSTGRES_HOST: 'localhost',
    POSTGRES_PORT: '5433',
    POSTGRES_DB: 'mcp_goals',
    POSTGRES_USER: 'postgres',
    POSTGRES_PASSWORD: 'postgres',
    REDIS_HOST: 'localhost',
  };

  test('is taken by commands when it is ours, and the env block for a client names it', () => {
    const { cwd, home, read } = aPlace();
    const file = writeEnv(cwd, guide);
    const config = read('command');
    expect(config).toMatchObject({ database: { connection: { port: 5433 } }, cache: { kind: 'redis' } });
    expect(config.told).toMatchObject({ beside: file, clientEnv: { GOAL_AGENT_ENV: file, GOAL_AGENT_HOME: home } });
    expect(read('server').database.kind).toBe('embedded');
    // what the block says makes a server do the same
    expect(read('server', config.told.clientEnv)).toMatchObject({ database: config.database, cache: config.cache });
  });

  test("goes before the home's own, and gives way to the file that GOAL_AGENT_ENV names", () => {
    const { cwd, home, read } = aPlace();
    writeEnv(home, { GOAL_AGENT_WORKSPACE: 'home', GOAL_AGENT_NAME: 'ada' });
    writeEnv(cwd, { GOAL_AGENT_WORKSPACE: 'beside' });
    expect(read('command')).toMatchObject({ workspace: 'beside', actor: 'ada' });
    expect(read('command', { GOAL_AGENT_ENV: '/dev/null' })).toMatchObject({ workspace: 'home' });
  });

  test("is the home's own where that is the working directory", () => {
    const home = aFolder();
    writeEnv(home, { POSTGRES_HOST: 'h', GOAL_AGENT_ENV: 'another.env' });
    for (const reader of ['server', 'command'] as const) {
      const config = readConfig({ env: { GOAL_AGENT_HOME: home }, cwd: home, reader });
      expect(config).toMatchObject({ database: { connection: { host: 'h' } }, told: { beside: undefined } });
      expect(config.told.notices).toEqual([expect.stringMatching(/^GOAL_AGENT_ENV in .* is not used: only/)]);
    }
  });

  test('the block for a client holds what the environment says, without secrets, and paths that are absolute', () => {
    const { cwd, read } = aPlace();
    const env = { ...guide, GOAL_AGENT_HOME: 'here', GOAL_AGENT_REDIS_URL: 'redis://:secret@h' };
    const { clientEnv } = read('command', env).told;
    expect(clientEnv).toMatchObject({ POSTGRES_HOST: 'localhost', GOAL_AGENT_HOME: path.join(cwd, 'here') });
    expect(clientEnv).toMatchObject({ POSTGRES_PASSWORD: '…', GOAL_AGENT_REDIS_URL: '…' });
    expect(clientEnv).not.toHaveProperty('REDIS_HOST');
  });
});

describe('an env file', () => {
  test.each([
    ['a directory', (file: string) => mkdirSync(file), 'is a directory'],
    ['a pipe', (file: string) => execFileSync('mkfifo', [file]), 'is no ordinary file'],
    ['a file of UTF-16', (file: string) => writeFileSync(file, 'GOAL_AGENT_NAME=x', 'utf16le'), 'is no text in UTF-8'],
    ['a large file', (file: string) => writeFileSync(file, 'x'.repeat(2 ** 21)), 'is larger than'],
  ])('that is %s is told and passed over, unless somebody named it', (_, make, why) => {
    const { cwd, home, read } = aPlace();
    const [inHome, beside] = [path.join(home, '.env'), path.join(cwd, '.env')];
    make(inHome);
    make(beside);
    expect(read('server').told.files).toEqual([`${inHome} is passed over: it ${expectedWhy(why)}.`]);
    expect(read('command').told.files).toHaveLength(2);
    expect(() => read('server', { GOAL_AGENT_ENV: beside })).toThrow(why);
  });

  function expectedWhy(why: string) {
    return why === 'is larger than' ? 'is larger than 1048576 bytes' : why;
  }

  test.runIf(process.getuid?.() !== 0)('that may not be read is told and passed over', () => {
    const { home, read } = aPlace();
    chmodSync(writeEnv(home, { GOAL_AGENT_NAME: 'x' }), 0);
    expect(read('server').told.files).toEqual([expect.stringMatching(/passed over: it cannot be read \(EACCES\)/)]);
  });

  test('that holds a password and that others may read is told', () => {
    const { home, read } = aPlace();
    for (const secret of [{ POSTGRES_PASSWORD: 'x' }, { GOAL_AGENT_DATABASE_URL: 'postgres://a:b@h/d' }]) {
      const file = writeEnv(home, { POSTGRES_HOST: 'h', ...secret });
      expect(read('server').told.files).toEqual([]);
      chmodSync(file, 0o644);
      expect(read('server').told.files).toEqual([expect.stringContaining(`chmod 600 ${file}`)]);
      chmodSync(file, 0o600);
    }
    chmodSync(writeEnv(home, { GOAL_AGENT_NAME: 'no secret' }), 0o644);
    expect(read('server').told.files).toEqual([]);
    chmodSync(path.join(home, '.env'), 0o666);
    expect(read('server').told.files).toEqual([expect.stringContaining('may change it')]);
  });

  test('with a byte order mark, as Notepad writes it, is read', () => {
    const { home, read } = aPlace();
    writeEnv(home, '\uFEFFGOAL_AGENT_NAME=ada\r\n');
    expect(read('server').actor).toBe('ada');
  });

  test('is named where a value in it is wrong', () => {
    const { home, read } = aPlace();
    const file = writeEnv(home, { GOAL_AGENT_TIMEOUT: 'soon', POSTGRES_HOST: 'h', POSTGRES_PORT: 'five' });
    const wrong = () => read('server');
    expect(wrong).toThrow(`GOAL_AGENT_TIMEOUT in ${file} is "soon"; allowed: seconds`);
    expect(wrong).toThrow(`POSTGRES_PORT in ${file} is "five"; allowed: a whole number`);
  });
});

describe('a path that nobody has written out', () => {
  const unwritten = [
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: what clients pass on as it stands
    '${workspaceFolder}/.ga',
    '${env:HOME}/ga',
    '/data/${USER}',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
    '$HOME/ga',
    '$(pwd)/ga',
    '`pwd`/ga',
    '%APPDATA%\\ga',
    '{{home}}/ga',
    '<your home>/ga',
    '~ada/ga',
    '/data/~/ga',
    '"/data/ga"',
    "'/data/ga'",
    '"/data/ga',
    'file:///data/ga',
  ];
  const settings = [
    'GOAL_AGENT_HOME',
    'GOAL_AGENT_ENV',
    'GOAL_AGENT_V2_DIR',
    'POSTGRES_SSL_ROOT_CERT',
    'POSTGRES_SSL_CERT',
    'POSTGRES_SSL_KEY',
  ];

  test.each(settings)('is refused with its value, and nothing is made: %s', (name) => {
    const { cwd, read } = aPlace();
    for (const value of unwritten) {
      const shown = value.includes('://') ? 'file://***' : value;
      const wrong = () => read('server', { POSTGRES_HOST: 'h', [name]: value });
      expect(wrong, value).toThrow(`${name} is ${JSON.stringify(shown)}`);
    }
    expect(existsSync(path.join(cwd, unwritten[0] ?? ''))).toBe(false);
  });

  test('is refused in a URL too, and as the directory of a socket', () => {
    const { read } = aPlace();
    const url = 'postgres://h/d?sslrootcert=$HOME/ca.crt';
    expect(() => read('server', { GOAL_AGENT_DATABASE_URL: url })).toThrow(
      'sslrootcert "$HOME/ca.crt"; allowed: a path',
    );
    expect(() => read('server', { POSTGRES_HOST: '/run/$USER' })).toThrow('POSTGRES_HOST is "/run/$USER"');
    expect(() => read('server', { GOAL_AGENT_HOME: '', HOME: '/h', XDG_DATA_HOME: '/x/$USER' })).toThrow(
      'GOAL_AGENT_HOME',
    );
  });

  test.each(["/users/o'brien/ga", '/data/5$/ga', '/a b/ga~', '/100%/ga', 'C:\\ga', '/data/a:b'])(
    'is not one that only looks like it: %s',
    (value) => {
      const { cwd, read } = aPlace();
      expect(read('server', { GOAL_AGENT_HOME: value }).home).toBe(path.resolve(cwd, value));
    },
  );

  test('may begin with ~/, which is the home directory', () => {
    const { read } = aPlace();
    expect(read('server', { GOAL_AGENT_V2_DIR: '~/ga' }).v2Directory.path).toBe(path.join(homedir(), 'ga'));
  });
});

describe('a host', () => {
  test.each([
    ['POSTGRES_HOST', '[::1]'],
    ['POSTGRES_HOST', '::1'],
  ])('%s may be an IPv6 address, in brackets too: %s', (name, value) => {
    const { read } = aPlace();
    expect(read('server', { [name]: value })).toMatchObject({ database: { connection: { host: '::1' } } });
  });

  test('of Redis and of the service may be one, too', () => {
    const { read } = aPlace();
    const config = read('server', { REDIS_HOST: '[::1]', GOAL_AGENT_HOST: '[::1]' });
    expect(config).toMatchObject({ cache: { connection: { host: '::1' } }, http: { host: '::1' } });
  });

  test.each(['localhost:5432', '[::1]:5432', '$HOST', '"localhost"'])('%s is none', (value) => {
    expect(() => aPlace().read('server', { POSTGRES_HOST: value })).toThrow(/^POSTGRES_HOST is .*; allowed: one host/);
  });
});

describe('a URL where a part belongs', () => {
  const urls = ['postgres://ada:hunter2@h/d', 'ada:hunter2@h', 'ada:hun/ter2@h', 'host=h password=hunter2'];
  const names = [
    'POSTGRES_DB',
    'POSTGRES_USER',
    'POSTGRES_PORT',
    'POSTGRES_HOST',
    'POSTGRES_SSL_MODE',
    'GOAL_AGENT_HOME',
  ];

  test.each(names)('is refused without its password: %s', (name) => {
    for (const url of urls) {
      if (name === 'GOAL_AGENT_HOME' && !url.includes('://')) continue;
      const wrong = () => aPlace().read('server', { POSTGRES_HOST: 'h', [name]: url });
      expect(wrong).toThrow(new RegExp(`^${name} is "[^"]*\\*\\*\\*"`));
      expect(wrong).not.toThrow(/hunter2|ter2/);
    }
  });

  test.each(['dbname', 'user', 'host'])('is refused in a URL, too: %s', (key) => {
    const url = `postgres:///?${key}=${encodeURIComponent('postgres://ada:hunter2@h/d')}`;
    const wrong = () => aPlace().read('server', { GOAL_AGENT_DATABASE_URL: url });
    expect(wrong).toThrow(/GOAL_AGENT_DATABASE_URL is a URL with/);
    expect(wrong).not.toThrow(/hunter2/);
  });
});

test.each(['mysql://ada:hunter2@h/d', 'mongodb+srv://ada:hunter2@h/d', 'sqlite:goals.db', 'file:./dev.db'])(
  'another database is refused with what is supported, and how to ask: %s',
  (url) => {
    const wrong = () => aPlace().read('server', { GOAL_AGENT_DATABASE_URL: url });
    expect(wrong).toThrow(/only PostgreSQL is supported.*To ask for another database, open an issue/);
    expect(wrong).not.toThrow(/hunter2/);
  },
);
