import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInPath } from '../../../src/machine/setup/computer.ts';
import { program } from '../../support/bundle.ts';

const { env, platform } = process;
const isThere = (name: string) => isInPath(name, { env, platform, userHome: '', cwd: '' });
const run = promisify(execFile);
const patient = { timeout: 180_000 };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'goal-agent-real-client-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const options = () => ({ cwd: home, env: { PATH: env.PATH, HOME: home, GEMINI_CLI_TRUST_WORKSPACE: 'true' } });
const put = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(home, file)), { recursive: true });
  await writeFile(path.join(home, file), text);
};
const setUp = (client: string, ...args: string[]) =>
  run(process.execPath, [program, 'setup', client, '--yes', ...args], options());

// The clients themselves read what setup writes, and start it. They are large; therefore nothing installs them for these
// tests. docs/setup.md has the versions that were tried.
describe.each([
  {
    command: 'claude',
    client: 'claude-code',
    file: '.claude.json',
    before: '{\n  "theme": "dark"\n}\n',
    /** What the client itself writes into its file when it runs. */
    writesItsOwn: true,
    connected: /goal-agent: .*Connected/,
  },
  {
    command: 'gemini',
    client: 'gemini',
    file: '.gemini/settings.json',
    before: '{\n  // mine\n  "ui": { "hideTips": true }\n}\n',
    writesItsOwn: false,
    connected: /goal-agent: .*Connected/,
  },
  {
    command: 'opencode',
    client: 'opencode',
    file: '.config/opencode/opencode.jsonc',
    before: '{\n  // mine\n  "$schema": "https://opencode.ai/config.json",\n}\n',
    writesItsOwn: false,
    connected: /goal-agent .*connected/,
  },
])('the real $client', ({ command, client, file, before, writesItsOwn, connected }) => {
  it.skipIf(!isThere(command))('starts what setup adds, and has nothing of it after an undo', patient, async () => {
    await put(file, before);
    const listed = async () => {
      const { stdout, stderr } = await run(command, ['mcp', 'list'], options());
      return `${stdout}${stderr}`;
    };
    await setUp(client);
    expect(await listed()).toMatch(connected);
    await setUp(client, '--undo');
    const after = await readFile(path.join(home, file), 'utf8');
    if (writesItsOwn) expect(after).not.toContain('goal-agent.js');
    else expect(after).toBe(before);
    expect(await listed()).not.toContain('goal-agent:');
  });
});

describe.skipIf(!isThere('codex'))('the real codex', () => {
  it('lists the server that setup adds, and no server after an undo', async () => {
    const file = path.join(home, '.codex', 'config.toml');
    const before = '# mine\nmodel = "x" # why\n\n[mcp_servers.files]\ncommand = "files-mcp"\n';
    await put('.codex/config.toml', before);
    const listed = async () => JSON.parse((await run('codex', ['mcp', 'list', '--json'], options())).stdout);
    const setup = (...args: string[]) => setUp('codex', ...args);
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
