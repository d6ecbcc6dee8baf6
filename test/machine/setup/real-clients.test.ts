import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { isInPath } from '../../../src/machine/setup/computer.ts';
import { program } from '../../support/bundle.ts';

// The clients themselves read what setup writes, and start it. They are large; `npm run clients` and CI install them.

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
const start = async (name: string, ...args: string[]) => {
  const [file = name, ...first] = commandOf(name) ?? [];
  const started = run(file, [...first, ...args], options());
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
  {
    command: 'copilot',
    client: 'copilot',
    ask: ['mcp', 'get', 'goal-agent'],
    file: '.copilot/mcp-config.json',
    before: undefined,
    // without an account it starts no server
    expected: /Status: Enabled.*Command: .*goal-agent\.js mcp.*Tools: \* \(all\)/s,
  },
  {
    command: 'cline',
    client: 'cline',
    ask: ['config', 'mcp'],
    file: '.cline/data/settings/cline_mcp_settings.json',
    before: '{\n  "mcpServers": {}\n}\n',
    expected: /goal-agent \[stdio\]/,
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

describe.skipIf(commandOf('cn') === undefined)('the real continue', () => {
  it('offers the tools of the server that setup adds to its model', patient, async () => {
    const offered: string[] = [];
    const model = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { tools = [] } = body === '' ? {} : JSON.parse(body);
      offered.push(...tools.map((tool: { function: { name: string } }) => tool.function.name));
      const choices = [{ index: 0, delta: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }];
      const answer = { id: '1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`);
    }).listen(0, '127.0.0.1');
    await once(model, 'listening');
    onTestFinished(() => {
      model.closeAllConnections();
      model.close();
    });
    const { port } = model.address() as AddressInfo;
    const before = [
      ...['name: Mine # mine', 'version: 1.0.0', 'schema: v1', 'models:', '  - name: fake', '    provider: openai'],
      ...['    model: gpt-4o', '    apiKey: x', `    apiBase: http://127.0.0.1:${port}/v1`, ''],
    ].join('\n');
    await put('.continue/config.yaml', before);
    await setUp('continue');
    expect((await start('cn', '-p', '--auto', 'hello')).stdout).toContain('done');
    expect(offered.join()).toMatch(/create_goal/);
    await setUp('continue', '--undo');
    expect(await readFile(path.join(home, '.continue/config.yaml'), 'utf8')).toBe(before);
  });
});
