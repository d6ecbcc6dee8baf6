import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { aFolder, aServerIn, type Env, startIn, typed, writeEnv } from './support/started.ts';

/** What the user of this machine has, and no stranger may get. */
const secret = 'the-users-own-password';
const home = path.join(aFolder(), 'home');

// one server holds the embedded database up for all
beforeAll(async () => {
  const server = await startIn(aFolder(), { GOAL_AGENT_HOME: home });
  await server.call('get_agent_status');
  return () => server.close();
});

/** A server of a stranger's: it asks PostgreSQL's clients for their password, and keeps all that it is sent. */
async function aStranger(): Promise<{ port: number; heard(): string; visits(): number }> {
  let [heard, visits] = ['', 0];
  const server = net.createServer((socket) => {
    visits += 1;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      const isTlsRequest = bytes.length === 8 && bytes.readInt32BE(4) === 80_877_103;
      const isStartup = !isTlsRequest && bytes.length > 8 && bytes.readInt32BE(4) === 196_608;
      if (isTlsRequest) socket.write('N');
      // AuthenticationCleartextPassword
      if (isStartup) socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      if (bytes.toString('latin1').startsWith('*')) socket.write('-NOAUTH Authentication required.\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, heard: () => heard, visits: () => visits };
}

const strangersSettings = (port: number): Record<string, Env> => ({
  'a host and port': { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: String(port) },
  'a host and port, as ours': { GOAL_AGENT_NAME: 'x', POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: String(port) },
  'a port and our database': { POSTGRES_PORT: String(port), POSTGRES_DB: 'mcp_goals' },
  'a URL without a password': { GOAL_AGENT_DATABASE_URL: `postgres://127.0.0.1:${port}/mcp_goals` },
  'a URL of everybody': { GOAL_AGENT_DATABASE: 'DATABASE_URL', DATABASE_URL: `postgres://127.0.0.1:${port}/d` },
  'a Redis by its parts': { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port) },
  'a Redis on a port': { CACHE_ENABLED: 'true', REDIS_PORT: String(port) },
  'a Redis by URL': { GOAL_AGENT_REDIS_URL: `redis://127.0.0.1:${port}` },
});
const kinds = Object.keys(strangersSettings(0));
const redisKinds = kinds.filter((kind) => kind.includes('Redis'));
const usersSecrets = { POSTGRES_PASSWORD: secret, REDIS_PASSWORD: secret, PGPASSWORD: secret };

describe("in the folder of a stranger's project", () => {
  test.each(['a host and port, as ours', 'a Redis by its parts'])(
    'a server does not go where the .env there says: %s',
    async (kind) => {
      const stranger = await aStranger();
      const project = aFolder();
      const file = writeEnv(project, strangersSettings(stranger.port)[kind] ?? {});
      const server = await aServerIn(project, { ...usersSecrets, GOAL_AGENT_HOME: home });
      expect(await server.call('create_goal', { description: 'kept at home' })).toMatchObject({ isError: false });
      const { answer } = await server.call('get_agent_status');
      expect(answer).toMatchObject({ persistence: { mode: 'embedded', connected: true }, cache: { state: 'off' } });
      expect(answer.notices).toContainEqual(expect.stringContaining(`${file} is not read`));
      expect(server.stderr()).toContain(`${file} is not read`);
      expect(stranger.visits()).toBe(0);
    },
  );

  test.each(kinds)('a command that goes there says so, and brings no password of the environment: %s', async (kind) => {
    const stranger = await aStranger();
    const project = aFolder();
    const file = writeEnv(project, { GOAL_AGENT_TIMEOUT: '1', ...strangersSettings(stranger.port)[kind] });
    const env = { ...usersSecrets, GOAL_AGENT_HOME: home };
    const { err } = await typed(['init'], project, env);
    expect(err).toContain(`Settings also come from ${file}`);
    expect(err).toMatch(/_PASSWORD.* in the environment (is|are) not used/);
    // init looks at the database alone
    if (redisKinds.includes(kind)) await typed(['export', 'json', path.join(project, 'all.json')], project, env);
    expect(stranger.visits()).toBeGreaterThan(0);
    expect(stranger.heard()).not.toContain(secret);
  });
});

describe('the settings of one server', () => {
  test.each(kinds)('a file that the user named is not completed from the environment: %s', async (kind) => {
    const stranger = await aStranger();
    const file = writeEnv(aFolder(), strangersSettings(stranger.port)[kind] ?? {});
    const env = { ...usersSecrets, GOAL_AGENT_HOME: home, GOAL_AGENT_ENV: file };
    const server = await aServerIn(aFolder(), env);
    const { answer } = await server.call('get_agent_status');
    expect(JSON.stringify([answer.persistence.from, answer.cache.from])).toContain(`in ${file}`);
    expect(stranger.visits()).toBeGreaterThan(0);
    expect(stranger.heard()).not.toContain(secret);
  });

  test.each(kinds)("the environment's server is not completed from a file: %s", async (kind) => {
    const stranger = await aStranger();
    const ownHome = aFolder();
    writeEnv(ownHome, usersSecrets);
    const server = await aServerIn(aFolder(), { ...strangersSettings(stranger.port)[kind], GOAL_AGENT_HOME: ownHome });
    const { answer } = await server.call('get_agent_status');
    expect(JSON.stringify([answer.persistence.from, answer.cache.from])).toContain('in the environment');
    expect(answer.notices).toContainEqual(expect.stringContaining(`POSTGRES_PASSWORD in ${ownHome}/.env is not used`));
    expect(stranger.heard()).not.toContain(secret);
  });
});
