import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInPath } from '../../../src/machine/setup/computer.ts';
import { program } from '../../support/bundle.ts';
import { aStubModel } from '../../support/stub-model.ts';

// The clients themselves read what setup writes, and start it. They are large: `npm run clients` installs them, and CI two of them.

const { env, platform } = process;
const folder = path.join(import.meta.dirname, '..', '..', 'real-clients');
const programs: Record<string, string[]> = JSON.parse(readFileSync(path.join(folder, 'programs.json'), 'utf8'));
const patient = { timeout: 180_000 };
const run = promisify(execFile);

/** The command line that starts a client: the one of the folder, otherwise the one of the PATH. */
function commandOf(name: string): string[] | undefined {
  const installed = programs[name]?.map((file) => path.join(folder, 'node_modules', file)) ?? [];
  if (installed.length > 0 && installed.every((file) => existsSync(file))) {
    return installed[0]?.endsWith('.js') ? [process.execPath, ...installed] : installed;
  }
  return isInPath(name, { env, platform, userHome: '', cwd: '' }) ? [name] : undefined;
}

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'goal-agent-real-client-'));
  // a handshake needs no database, and nobody stops one that a client's server would start
  await put('.local/share/goal-agent/.env', 'POSTGRES_HOST=127.0.0.1\nPOSTGRES_PORT=1\n');
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

const options = () => ({ cwd: home, env: { PATH: env.PATH, HOME: home, GEMINI_CLI_TRUST_WORKSPACE: 'true' } });
const put = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(home, file)), { recursive: true });
  await writeFile(path.join(home, file), text);
};
const setUp = (client: string, ...args: string[]) =>
  run(process.execPath, [program, 'setup', client, '--yes', ...args], options());
const start = (name: string, ...args: string[]) => startWith({}, name, ...args);
const startWith = async (more: Record<string, string>, name: string, ...args: string[]) => {
  const [file = name, ...first] = commandOf(name) ?? [];
  const { cwd, env: usual } = options();
  const started = run(file, [...first, ...args], { cwd, env: { ...usual, ...more } });
  // some wait for the end of what nobody will write
  started.child.stdin?.end();
  const { stdout, stderr } = await started;
  return { stdout, said: `${stdout}${stderr}` };
};

const list = ['mcp', 'list'];

describe.each([
  {
    command: 'claude',
    client: 'claude-code',
    ask: list,
    file: '.claude.json',
    before: '{\n  "theme": "dark"\n}\n',
    /** What the client itself writes into its file when it runs. */
    writesItsOwn: true,
    expected: /goal-agent: .*Connected/,
  },
  {
    command: 'gemini',
    client: 'gemini',
    ask: list,
    file: '.gemini/settings.json',
    before: '{\n  // mine\n  "ui": { "hideTips": true }\n}\n',
    expected: /goal-agent: .*Connected/,
  },
  {
    command: 'opencode',
    client: 'opencode',
    ask: list,
    file: '.config/opencode/opencode.jsonc',
    before: '{\n  // mine\n  "$schema": "https://opencode.ai/config.json",\n}\n',
    expected: /goal-agent .*connected/,
  },
  {
    command: 'qwen',
    client: 'qwen',
    ask: list,
    file: '.qwen/settings.json',
    before: undefined,
    writesItsOwn: true,
    expected: /goal-agent: .*Connected/,
  },
])('the real $client', ({ command, client, ask, file, before, writesItsOwn = false, expected }) => {
  it.skipIf(commandOf(command) === undefined)(
    'reads what setup adds, and has nothing of it after an undo',
    patient,
    async () => {
      if (before !== undefined) await put(file, before);
      await setUp(client);
      expect((await start(command, ...ask)).said).toMatch(expected);
      await setUp(client, '--undo');
      const after = await readFile(path.join(home, file), 'utf8').catch(() => undefined);
      if (writesItsOwn) expect(after ?? '').not.toContain('goal-agent.js');
      else expect(after).toBe(before);
    },
  );
});

describe.skipIf(commandOf('codex') === undefined)('the real codex', () => {
  it('lists the server that setup adds, and no server after an undo', patient, async () => {
    const file = path.join(home, '.codex', 'config.toml');
    const before = '# mine\nmodel = "x" # why\n\n[mcp_servers.files]\ncommand = "files-mcp"\n';
    await put('.codex/config.toml', before);
    const listed = async () => JSON.parse((await start('codex', 'mcp', 'list', '--json')).stdout);
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

/** Clients that start servers only for a model. */
describe.each([
  {
    command: 'codex',
    client: 'codex',
    ask: ['exec', '--skip-git-repo-check', 'say hello'],
    file: '.codex/config.toml',
    mine: (url: string) =>
      [
        ...['# mine', 'model = "stub"', 'model_provider = "stub"', '', '[model_providers.stub] # why', 'name = "stub"'],
        ...[`base_url = "${url}"`, 'wire_api = "responses"', ''],
      ].join('\n'),
  },
  {
    command: 'copilot',
    client: 'copilot',
    ask: ['--allow-all-tools', '-p', 'say hello'],
    file: '.copilot/mcp-config.json',
    env: (url: string) => ({ COPILOT_OFFLINE: 'true', COPILOT_MODEL: 'stub', COPILOT_PROVIDER_BASE_URL: url }),
  },
  {
    command: 'cline',
    client: 'cline',
    ask: ['-P', 'openai-compatible', 'say hello'],
    file: '.cline/data/settings/cline_mcp_settings.json',
    mine: () => '{\n  "mcpServers": {}\n}\n',
    begin: (url: string) => ['auth', '-p', 'openai-compatible', '-k', 'x', '-m', 'stub', '-b', url],
    // it leaves a process behind
    end: ['hub', 'stop'],
  },
  {
    command: 'cn',
    client: 'continue',
    ask: ['-p', '--auto', 'say hello'],
    file: '.continue/config.yaml',
    mine: (url: string) =>
      [
        ...['name: Mine # mine', 'version: 1.0.0', 'schema: v1', 'models:', '  - name: stub', '    provider: openai'],
        ...['    model: gpt-4o', '    apiKey: x', `    apiBase: ${url}`, ''],
      ].join('\n'),
  },
])('the real $client', ({ command, client, ask, file, mine, env: envOf, begin, end }) => {
  it.skipIf(commandOf(command) === undefined)(
    'offers the tools of the server that setup adds to its model, and has nothing of it after an undo',
    patient,
    async () => {
      const { url, offered } = await aStubModel();
      if (mine !== undefined) await put(file, mine(url));
      if (begin !== undefined) await start(command, ...begin(url));
      await setUp(client);
      const asked = startWith(envOf?.(url) ?? {}, command, ...ask);
      const { said } = await asked.finally(() => end && start(command, ...end));
      expect(said).toContain('done');
      expect(offered.join(' ')).toMatch(/break_down_goal/);
      await setUp(client, '--undo');
      const after = await readFile(path.join(home, file), 'utf8').catch(() => undefined);
      expect(after).toBe(mine?.(url));
    },
  );
});
