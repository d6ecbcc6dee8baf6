import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { instructions } from '../../../src/machine/setup/instructions.ts';
import { run } from '../../legacy/support/program.ts';
import { program } from '../../support/bundle.ts';

let home: string;
const setup = (...args: string[]) => inHome({}, ...args);
/** Without a database: setup needs none, and no test here waits for one. */
const noDatabase = Object.fromEntries(
  ['HOST', 'PORT', 'USER', 'PASSWORD', 'DB', 'SSL_MODE'].map((name) => [`POSTGRES_${name}`, '']),
);
const inHome = (env: Record<string, string>, ...args: string[]) =>
  run(
    ['setup', ...args],
    {},
    {
      cwd: at('project'),
      env: { HOME: home, GOAL_AGENT_HOME: at('data'), LANG: 'C.UTF-8', ...noDatabase, ...env },
    },
  );
const at = (...parts: string[]) => path.join(home, ...parts);
const put = async (file: string, text: string) => {
  await mkdir(path.dirname(at(file)), { recursive: true });
  await writeFile(at(file), text);
};
const textOf = (file: string) => readFile(at(file), 'utf8');

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'goal-agent-setup-'));
  await mkdir(at('project'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('goal-agent setup', () => {
  it('names this Node and this program, shows the change, and takes it back', async () => {
    const before = '{\n  // mine\n  "mcpServers": {"a": {"command": "x", "env": {"API_KEY": "sk-1234"}}}\n}\n';
    await put('.cursor/mcp.json', before);
    await chmod(at('.cursor/mcp.json'), 0o640);
    const asked = await setup('cursor');
    expect([asked.code, await textOf('.cursor/mcp.json')]).toEqual([1, before]);
    expect(asked.stdout).toContain('--yes');
    const printed = await setup('cursor', '--print');
    expect([printed.code, await textOf('.cursor/mcp.json')]).toEqual([0, before]);
    expect(printed.stdout).toContain('goal-agent');
    expect(printed.stdout).not.toContain('sk-1234');
    const done = await setup('cursor', '--yes', '--workspace', 'ledger');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(JSON.parse((await textOf('.cursor/mcp.json')).replace('// mine', ''))).toEqual({
      mcpServers: {
        a: { command: 'x', env: { API_KEY: 'sk-1234' } },
        'goal-agent': {
          command: process.execPath,
          args: [program, 'mcp'],
          env: { GOAL_AGENT_HOME: at('data'), GOAL_AGENT_WORKSPACE: 'ledger' },
        },
      },
    });
    const link = /cursor:\S+config=(\S+)/.exec(done.stdout)?.[1] ?? '';
    expect(JSON.parse(Buffer.from(decodeURIComponent(link), 'base64').toString())).toMatchObject({
      args: [program, 'mcp'],
    });
    expect((await setup('cursor', '--yes', '--workspace', 'ledger')).stdout).toContain('already');
    expect((await setup('cursor', '--undo', '--yes')).code).toBe(0);
    expect(await textOf('.cursor/mcp.json')).toBe(before);
    expect((await stat(at('.cursor/mcp.json'))).mode & 0o777).toBe(0o640);
    expect((await setup('cursor', '--undo', '--yes')).stdout).toContain('no Goal Agent to take back');
  });

  it('makes a missing file that is for its user alone, and removes it again', async () => {
    expect((await setup('codex', '--yes')).code).toBe(0);
    expect((await stat(at('.codex/config.toml'))).mode & 0o777).toBe(0o600);
    expect(await textOf('.codex/config.toml')).toContain(`[mcp_servers.goal-agent]\ncommand = "${process.execPath}"\n`);
    await setup('codex', '--undo', '--yes');
    await expect(stat(at('.codex/config.toml'))).rejects.toThrow('ENOENT');
  });

  it('writes through symbolic links, also where they lead to no file yet', async () => {
    await put('dotfiles/mcp.json', '{}');
    await mkdir(at('.cursor'));
    await symlink('../dotfiles/mcp.json', at('.cursor/mcp.json'));
    await mkdir(at('.gemini'));
    await symlink('../dotfiles/gemini.json', at('.gemini/settings.json'));
    expect((await setup('cursor', 'gemini', '--yes')).code).toBe(0);
    expect(await readlink(at('.cursor/mcp.json'))).toBe('../dotfiles/mcp.json');
    for (const file of ['dotfiles/mcp.json', 'dotfiles/gemini.json'])
      expect(await textOf(file)).toContain('"goal-agent"');
    await setup('cursor', 'gemini', '--yes', '--undo');
    expect(await textOf('dotfiles/mcp.json')).toBe('{}');
    expect((await lstat(at('.gemini/settings.json'))).isSymbolicLink()).toBe(true);
    await expect(stat(at('dotfiles/gemini.json'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['broken', '{\n  "mcpServers": {,}\n}', 0o644, '(line 2, column 18)'],
    ['read-only', '{}', 0o444, 'is read-only'],
  ])('leaves a file alone that is %s', async (_, text, mode, message) => {
    await put('.cursor/mcp.json', text);
    await chmod(at('.cursor/mcp.json'), mode);
    const { code, stderr } = await setup('cursor', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(await textOf('.cursor/mcp.json')).toBe(text);
    expect((await stat(at('.cursor/mcp.json'))).mode & 0o777).toBe(mode);
  });

  it('leaves a file alone that is not in UTF-8', async () => {
    await put('.cursor/mcp.json', '');
    await writeFile(at('.cursor/mcp.json'), Buffer.from('{}', 'utf16le').fill(0xff, 0, 1));
    expect((await setup('cursor', '--yes')).stderr).toContain('not in UTF-8');
  });

  it('connects the clients that it finds, each in its own words', async () => {
    for (const folder of [
      '.config/Claude',
      '.config/Code/User',
      '.config/zed',
      '.config/opencode',
      '.cline',
      '.codeium/windsurf',
      '.claude',
      '.gemini',
      '.copilot',
      '.qwen',
      '.continue',
    ])
      await mkdir(at(folder), { recursive: true });
    const listed = await inHome({ PATH: '' });
    expect([listed.code, listed.stderr]).toEqual([
      2,
      expect.stringContaining(
        'claude-desktop, claude-code, vscode, windsurf, zed, opencode, cline, copilot, qwen, continue',
      ),
    ]);
    const alone = await inHome({ PATH: '' }, 'continue', '--yes');
    expect([alone.code, alone.stderr]).toEqual([
      1,
      expect.stringContaining('There is no ~/.continue/config.yaml yet.'),
    ]);
    await put('.continue/config.yaml', 'name: Mine\nmodels:\n  - name: m\n');
    expect((await inHome({ PATH: '' }, '--yes')).code).toBe(0);
    const json = async (file: string) => JSON.parse(await textOf(file));
    const started = { command: process.execPath, args: [program, 'mcp'] };
    expect(await json('.config/Claude/claude_desktop_config.json')).toMatchObject({
      mcpServers: { 'goal-agent': started },
    });
    expect(await json('.claude.json')).toMatchObject({ mcpServers: { 'goal-agent': { type: 'stdio', ...started } } });
    expect(await json('.config/Code/User/mcp.json')).toMatchObject({
      servers: { 'goal-agent': { type: 'stdio', ...started } },
    });
    expect(await json('.config/zed/settings.json')).toMatchObject({ context_servers: { 'goal-agent': started } });
    expect(await json('.config/opencode/opencode.json')).toMatchObject({
      mcp: { 'goal-agent': { type: 'local', command: [process.execPath, program, 'mcp'] } },
    });
    expect(await json('.cline/data/settings/cline_mcp_settings.json')).toMatchObject({
      mcpServers: { 'goal-agent': started },
    });
    expect(await json('.codeium/windsurf/mcp_config.json')).toMatchObject({ mcpServers: { 'goal-agent': started } });
    expect(await json('.copilot/mcp-config.json')).toMatchObject({
      mcpServers: { 'goal-agent': { type: 'local', ...started, tools: ['*'] } },
    });
    expect(await json('.qwen/settings.json')).toMatchObject({ mcpServers: { 'goal-agent': started } });
    expect(parse(await textOf('.continue/config.yaml'))).toMatchObject({
      ...{ name: 'Mine', models: [{ name: 'm' }] },
      mcpServers: [{ name: 'goal-agent', ...started }],
    });
    expect((await setup('continue', 'copilot', 'qwen', '--scope', 'project', '--yes')).code).toBe(0);
    expect(parse(await textOf('project/.continue/mcpServers/goal-agent.yaml'))).toMatchObject({
      ...{ name: 'Goal Agent', version: '1.0.0', schema: 'v1', mcpServers: [{ name: 'goal-agent', ...started }] },
    });
    expect(await json('project/.github/mcp.json')).toMatchObject({ mcpServers: { 'goal-agent': { type: 'local' } } });
    await setup('continue', 'copilot', 'qwen', '--scope', 'project', '--undo', '--yes');
    for (const file of ['.continue/mcpServers/goal-agent.yaml', '.github/mcp.json', '.qwen/settings.json']) {
      await expect(stat(at('project', file))).rejects.toThrow('ENOENT');
    }
  });

  it('connects to a service, with the header of its token', async () => {
    await put('.continue/config.yaml', 'name: Mine\n');
    const remote = ['--remote', 'http://127.0.0.1:7432', '--token', 'ga_1', '--yes'];
    expect((await setup('codex', 'vscode', 'windsurf', 'copilot', 'continue', '--scope', 'user', ...remote)).code).toBe(
      0,
    );
    const headers = { Authorization: 'Bearer ga_1' };
    const url = 'http://127.0.0.1:7432/mcp';
    expect(JSON.parse(await textOf('.config/Code/User/mcp.json')).servers['goal-agent']).toEqual({
      type: 'http',
      url,
      headers,
    });
    expect(JSON.parse(await textOf('.codeium/windsurf/mcp_config.json')).mcpServers['goal-agent']).toEqual({
      serverUrl: url,
      headers,
    });
    expect(JSON.parse(await textOf('.copilot/mcp-config.json')).mcpServers['goal-agent']).toEqual({
      ...{ type: 'http', url, headers, tools: ['*'] },
    });
    expect(parse(await textOf('.continue/config.yaml')).mcpServers).toEqual([
      { name: 'goal-agent', type: 'streamable-http', url, requestOptions: { headers } },
    ]);
    expect(await textOf('.codex/config.toml')).toContain(
      `url = "${url}"\nhttp_headers = { Authorization = "Bearer ga_1" }\n`,
    );
    expect((await setup('claude-desktop', ...remote)).stderr).toContain('Claude Desktop starts programs');
  });

  it("writes no password into a client's file", async () => {
    const { code, stderr } = await inHome({ POSTGRES_HOST: 'db', POSTGRES_PASSWORD: 'geheim' }, 'cursor', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain('POSTGRES_PASSWORD');
    expect(stderr).toContain(at('data', '.env'));
    expect(stderr).not.toContain('geheim');
  });

  it('takes the workspaces that the server takes', async () => {
    const wrong = await setup('cursor', '--workspace', 'a b');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('GOAL_AGENT_WORKSPACE is "a b"; allowed')]);
    expect((await setup('cursor', '--workspace', '@project', '--print')).stdout).toContain('"@project"');
  });

  it("keeps another program's change through an undo, and says so", async () => {
    await setup('cursor', '--yes');
    const changed = (await textOf('.cursor/mcp.json')).replace('"mcpServers"', '"theirs": true,\n  "mcpServers"');
    await put('.cursor/mcp.json', changed);
    expect((await setup('cursor', '--undo', '--yes')).stdout).toContain('keeps what others wrote');
    expect(JSON.parse(await textOf('.cursor/mcp.json'))).toEqual({ theirs: true });
  });

  it.each([
    [['emacs'], 'knows no client "emacs"'],
    [['cursor', '--token', 'x'], '--remote'],
    [['cursor', '--remote', 'nonsense'], 'http or https URL'],
    [['cursor', '--remote', 'http://a', '--workspace', 'b'], 'the token of a service'],
    [['windsurf', '--scope', 'project'], 'no configuration of a project'],
    [['cursor', '--scope', 'galaxy'], 'galaxy'],
    [['--check', '--undo'], 'use one of them'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr, stdout } = await setup(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('starts every configured entry as its client does', async () => {
    await put('data/.env', 'POSTGRES_HOST=127.0.0.1\nPOSTGRES_PORT=1\n');
    expect([(await setup('--check')).code, (await setup('--check')).stdout]).toEqual([
      1,
      expect.stringContaining('No client is set up'),
    ]);
    await setup('codex', '--yes');
    await setup('claude-code', '--scope', 'project', '--yes');
    await put('.cursor/mcp.json', '{"mcpServers": {"goal-agent": {"command": "/nowhere/node"}}}');
    await put('.continue/config.yaml', 'mcpServers:\n  - name: goal-agent\n    command: /nowhere/node\n');
    const { code, stdout } = await setup('--check', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).entries).toEqual([
      {
        client: 'claude-code',
        scope: 'project',
        file: at('project', '.mcp.json'),
        works: true,
        tools: expect.any(Number),
        problem: null,
      },
      {
        client: 'cursor',
        scope: 'user',
        file: at('.cursor', 'mcp.json'),
        works: false,
        tools: null,
        problem: 'its program is not there',
      },
      {
        client: 'codex',
        scope: 'user',
        file: at('.codex', 'config.toml'),
        works: true,
        tools: expect.any(Number),
        problem: null,
      },
      {
        client: 'continue',
        scope: 'user',
        file: at('.continue', 'config.yaml'),
        works: false,
        tools: null,
        problem: 'its program is not there',
      },
    ]);
    expect((await setup('codex', '--check')).stdout).toMatch(
      /^✔ Codex {2}~\/\.codex\/config\.toml: answers with \d+ tools\n$/,
    );
  });
});

describe('goal-agent setup --instructions', () => {
  it('writes what fits a context window between markers, and keeps everything else', async () => {
    expect(instructions.length).toBeLessThan(1500);
    const before = '# Our rules\r\n\r\nBe kind.\r\n';
    await put('project/CLAUDE.md', before);
    expect((await setup('--instructions', 'CLAUDE.md', '--yes')).code).toBe(0);
    const after = await textOf('project/CLAUDE.md');
    expect(after.startsWith(before)).toBe(true);
    expect(after).toContain('get_briefing');
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect((await setup('--instructions', 'CLAUDE.md', '--yes')).stdout).toContain('already');
    await put('project/CLAUDE.md', `${after.replace('get_briefing', 'an older text')}Be brief.\r\n`);
    await setup('--instructions', 'CLAUDE.md', '--yes');
    expect(await textOf('project/CLAUDE.md')).toBe(`${after}Be brief.\r\n`);
    await put('project/CLAUDE.md', after);
    await setup('--instructions', 'CLAUDE.md', '--undo', '--yes');
    expect(await textOf('project/CLAUDE.md')).toBe(before);
  });

  it('makes AGENTS.md where no file is named, and removes it again', async () => {
    await setup('--instructions', '--yes');
    expect(await textOf('project/AGENTS.md')).toContain('claim_tasks');
    await setup('--instructions', '--undo', '--yes');
    await expect(stat(at('project/AGENTS.md'))).rejects.toThrow('ENOENT');
  });
});
