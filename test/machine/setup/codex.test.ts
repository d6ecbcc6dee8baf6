import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { isInPath } from '../../../src/machine/setup/computer.ts';
import { program } from '../../support/bundle.ts';

const { env, platform } = process;
const hasCodex = isInPath('codex', { env, platform, userHome: '', cwd: '' });
const run = promisify(execFile);

// Codex itself reads what setup writes. It is large; therefore nothing installs it for this one test.
describe.skipIf(!hasCodex)('the real Codex', () => {
  let home: string;
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('lists the server that setup adds, and no server after an undo', async () => {
    home = await mkdtemp(path.join(tmpdir(), 'goal-agent-codex-'));
    const file = path.join(home, '.codex', 'config.toml');
    const before = '# mine\nmodel = "x" # why\n\n[mcp_servers.files]\ncommand = "files-mcp"\n';
    await mkdir(path.dirname(file));
    await writeFile(file, before);
    const options = { cwd: home, env: { PATH: env.PATH, HOME: home } };
    const listed = async () => JSON.parse((await run('codex', ['mcp', 'list', '--json'], options)).stdout);
    const setup = (...args: string[]) => run(process.execPath, [program, 'setup', 'codex', '--yes', ...args], options);
    const names = async () => (await listed()).map(({ name }: { name: string }) => name).sort();
    await setup('--workspace', 'ledger');
    expect(await names()).toEqual(['files', 'goal-agent']);
    const entry = (await listed()).find(({ name }: { name: string }) => name === 'goal-agent');
    expect(entry.transport).toMatchObject({
      type: 'stdio',
      command: process.execPath,
      args: [program, 'mcp'],
      env: { GOAL_AGENT_WORKSPACE: 'ledger' },
    });
    await setup('--remote', 'http://127.0.0.1:7432', '--token', 'ga_1');
    const remote = (await listed()).find(({ name }: { name: string }) => name === 'goal-agent');
    expect(remote.transport).toMatchObject({
      type: 'streamable_http',
      url: 'http://127.0.0.1:7432/mcp',
      http_headers: { Authorization: 'Bearer ga_1' },
    });
    await setup('--undo');
    expect(await names()).toEqual(['files']);
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});
