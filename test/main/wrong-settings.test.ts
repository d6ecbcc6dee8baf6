import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { aFolder, aServerIn, type Env, typed, writeEnv } from './support/started.ts';

const wrong: [name: string, env: Env, said: string][] = [
  ['GOAL_AGENT_TIMEOUT', { GOAL_AGENT_TIMEOUT: 'soon' }, 'is "soon"; allowed: seconds'],
  ['POSTGRES_PORT', { POSTGRES_HOST: 'h', POSTGRES_PORT: '5432:5432' }, 'is "5432:5432"; allowed: a whole number'],
  ['GOAL_AGENT_DATABASE_URL', { GOAL_AGENT_DATABASE_URL: 'mysql://ada:hunter2@h/d' }, 'is "mysql://***"; allowed:'],
  [
    'GOAL_AGENT_REDIS_URL',
    { GOAL_AGENT_REDIS_URL: 'redis-sentinel://:hunter2@h' },
    'is "redis-sentinel://***"; allowed:',
  ],
  ['GOAL_AGENT_TOOLSETS', { GOAL_AGENT_TOOLSETS: 'everything' }, 'names "everything"; the toolsets are'],
  ['GOAL_AGENT_READ_ONLY', { GOAL_AGENT_READ_ONLY: 'perhaps' }, 'is "perhaps"; allowed: true'],
  ['GOAL_AGENT_ENV', { GOAL_AGENT_ENV: 'missing.env' }, 'is "missing.env": the file'],
  ['GOAL_AGENT_HOME', { GOAL_AGENT_HOME: '$HOME/ga' }, 'is "$HOME/ga"; allowed: a path that is written out'],
];

describe('with a wrong setting', () => {
  test.each(wrong)(
    'over stdio every call says what is wrong with it, and nothing is made: %s',
    async (name, env, said) => {
      const home = path.join(aFolder(), 'home');
      const cwd = aFolder();
      const server = await aServerIn(cwd, { GOAL_AGENT_HOME: home, ...env });
      expect((await server.client.listTools()).tools.map((tool) => tool.name)).toContain('create_goal');
      for (const [tool, args] of [
        ['create_goal', { description: 'x' }],
        ['list_goals', {}],
      ] as const) {
        const { text, isError } = await server.call(tool, args);
        expect(isError).toBe(true);
        expect(text).toContain(`${name} ${said}`);
        expect(text).not.toContain('hunter2');
      }
      const { answer } = await server.call('get_agent_status');
      expect(answer.persistence).toMatchObject({ mode: 'undecided', connected: false });
      expect(answer.persistence.problem).toContain(`${name} ${said}`);
      await expect(server.client.readResource({ uri: 'goal://GOAL-0001' })).rejects.toThrow(`${name} ${said}`);
      expect(server.stderr()).toContain(`${name} ${said}`);
      if (name !== 'GOAL_AGENT_TOOLSETS') expect(existsSync(home)).toBe(false);
      expect(existsSync(path.join(cwd, '$HOME'))).toBe(false);
    },
  );

  test.each(wrong.filter(([name]) => name !== 'GOAL_AGENT_TOOLSETS'))(
    'a command fails at once and says so: %s',
    async (name, env, said) => {
      const home = path.join(aFolder(), 'home');
      const { code, out, err } = await typed(['init'], aFolder(), { GOAL_AGENT_HOME: home, ...env });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`error: ${name} ${said}`);
      expect(err).not.toContain('hunter2');
      expect(existsSync(home)).toBe(false);
    },
  );

  test('the file that it is in is named, and the log of a home that is there says so', async () => {
    const home = aFolder();
    mkdirSync(path.join(home, 'logs'));
    const file = writeEnv(home, { GOAL_AGENT_MAX_WORKERS: 'many', GOAL_AGENT_WORKSPACE: 'a b' });
    const server = await aServerIn(aFolder(), { GOAL_AGENT_HOME: home });
    const { text } = await server.call('list_goals');
    expect(text).toContain(`GOAL_AGENT_MAX_WORKERS in ${file} is "many"; allowed: a whole number from 1 to 100`);
    expect(text).toContain(`GOAL_AGENT_WORKSPACE in ${file} is "a b"; allowed:`);
    expect(readFileSync(path.join(home, 'logs/goal_agent_server.log'), 'utf8')).toContain(`in ${file} is`);
  });
});

test('the log and get_agent_status say from where the database and the cache are, and what was not used', async () => {
  const home = aFolder();
  const file = writeEnv(home, { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: '1', POSTGRES_PASSWORD: 'hunter2' });
  const env = { GOAL_AGENT_HOME: home, GOAL_AGENT_REDIS_URL: 'redis://:hunter2@127.0.0.1:1', POSTGRES_USER: 'app' };
  const server = await aServerIn(aFolder(), env);
  const { answer, text } = await server.call('get_agent_status');
  expect(answer).toMatchObject({
    persistence: { mode: 'server', from: `POSTGRES_HOST in ${file}` },
    cache: { from: 'GOAL_AGENT_REDIS_URL in the environment' },
    notices: [`POSTGRES_USER in the environment is not used: the database is that of POSTGRES_HOST in ${file}.`],
  });
  const log = readFileSync(path.join(home, 'logs/goal_agent_server.log'), 'utf8');
  for (const said of [
    `a PostgreSQL server (POSTGRES_HOST in ${file})`,
    'a Redis (GOAL_AGENT_REDIS_URL in the env',
    'POSTGRES_USER in',
  ]) {
    expect(log.split(said)).toHaveLength(2);
  }
  expect(text + log + server.stderr()).not.toContain('hunter2');
});
