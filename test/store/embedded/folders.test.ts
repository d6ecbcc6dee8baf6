import { chmod, chown, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findPlace } from '../../../src/store/embedded/place.ts';
import { aMachine, ORDINARY } from './support/machine.ts';

const machine = aMachine();
const DEEP = 'a/home/so/deep/that/the/path/of/a/socket/in/its/data/directory/is/longer/than/the/kernel/takes';

describe('a home whose path is too long for a socket', () => {
  test('has its socket in a short private folder that every client finds', async () => {
    const home = await machine.home({ name: DEEP });
    const [first, second] = [machine.client({ env: { XDG_RUNTIME_DIR: '/nowhere' } }), machine.client()];
    const server = await first.join({ home });
    expect(await second.join({ home })).toMatchObject({ pid: server.pid, host: server.host });
    expect(await second.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(server.host).toMatch(/^\/tmp\/goal-agent-[0-9a-f]{16}$/);
    const [socket, data] = [await stat(server.socketDirectory), await stat(server.dataDirectory)];
    expect(socket.mode & 0o777).toBe(0o700);
    expect(socket.uid).toBe(data.uid);
    await first.leave();
    await second.leave();
    expect((await first.join({ home })).started).toBe(true);
  });

  const spoilers: Record<string, (directory: string) => Promise<void>> = {
    'others may enter it': (directory) => chmod(directory, 0o755),
    'it is a link': (directory) => rename(directory, `${directory}x`).then(() => symlink(`${directory}x`, directory)),
    ...(ORDINARY ? { 'it is somebody else’s': (directory: string) => chown(directory, 1, 1) } : {}),
  };
  test.each(Object.entries(spoilers))('does not use the short folder when %s', async (_why, spoil) => {
    const home = await machine.home({ name: DEEP });
    const client = machine.client();
    const { socketDirectory } = await client.join({ home });
    await client.leave();
    await spoil(socketDirectory);
    onTestFinished(async () => rm(`${socketDirectory}x`, { recursive: true, force: true }));
    const failure = await client.failToJoin({ home });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'configuration' });
    expect(failure.message).toContain('Set GOAL_AGENT_HOME to a shorter path');
  });
});

describe('a database of another major version', () => {
  test('is refused with the way out, and left as it was', async () => {
    const home = await machine.homeWithDatabase();
    await writeFile(join(home, 'postgres', '18', 'data', 'PG_VERSION'), '17\n');
    const failure = await machine.client().failToJoin({ home });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'configuration' });
    expect(failure.message).toContain(
      'was written by PostgreSQL 17, and this Goal Agent runs PostgreSQL 18. Nothing was changed.',
    );
  });

  test('is not hidden behind a new, empty one', async () => {
    const home = await machine.homeWithDatabase();
    await rename(join(home, 'postgres', '18'), join(home, 'postgres', '16'));
    await writeFile(join(home, 'postgres', '16', 'data', 'PG_VERSION'), '16\n');
    const failure = await machine.client({ env: { PATH: '/bin' } }).failToJoin({ home });
    expect(failure.message).toContain(`${join(home, 'postgres', '16', 'data')} was written by PostgreSQL 16`);
    await expect(stat(join(home, 'postgres', '18'))).rejects.toThrow('ENOENT');
  });

  test('counts only when there is no newer one', async () => {
    const home = await machine.homeWithDatabase();
    await mkdir(join(home, 'postgres', '16', 'data'), { recursive: true });
    await writeFile(join(home, 'postgres', '16', 'data', 'PG_VERSION'), '16\n');
    expect(await findPlace(home)).toMatchObject({ major: 18 });
  });
});

describe('a folder that cannot be used', () => {
  test('a data folder without a database is neither filled nor removed', async () => {
    const home = await machine.home();
    await mkdir(join(home, 'postgres', '18', 'data'), { recursive: true });
    const failure = await machine.client().failToJoin({ home });
    expect(failure.code).toBe('configuration');
    expect(failure.message).toContain('its file PG_VERSION is missing');
  });

  test.runIf(ORDINARY)('another user’s database is refused with the way out', async () => {
    const home = await machine.home({ owner: ORDINARY });
    await machine.client({ account: ORDINARY }).join({ home });
    const data = join(home, 'postgres', '18', 'data');
    await chmod(home, 0o755);
    await chmod(join(home, 'postgres'), 0o755);
    await chmod(join(home, 'postgres', '18'), 0o755);
    const failure = await machine.client({ account: { uid: 1, gid: 1 } }).failToJoin({ home });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'configuration' });
    expect(failure.message).toBe(
      `The database folder ${data} belongs to another user. Run Goal Agent as that user, or set GOAL_AGENT_HOME to a folder of your own.`,
    );
  });

  test('a home that may not be written in is refused with the way out', async () => {
    const home = await machine.home();
    await chmod(home, 0o555);
    const failure = await machine.client({ account: ORDINARY }).failToJoin({ home: join(home, 'below') });
    expect(failure).toMatchObject({ name: 'GoalAgentError', code: 'configuration' });
    expect(failure.message).toContain(`may not write in ${join(home, 'below')}`);
  });
});
