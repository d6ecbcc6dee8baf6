import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transform } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { program } from '../support/bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');
const programs = [program, path.join(path.dirname(program), 'mcpctl.js')];
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-entry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The entry alone, with nothing that it could load, in a Node that says that it is of this version. */
function runAs(version: string, entry = program) {
  const alone = path.join(folder, 'dist', 'main', path.basename(entry));
  mkdirSync(path.dirname(alone), { recursive: true });
  copyFileSync(entry, alone);
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
  return spawnSync(process.execPath, ['--import', pretend, alone, 'mcp'], { encoding: 'utf8', input: '' });
}

describe('a Node that is too old', () => {
  test.each(['12.22.12', '18.20.8', '20.18.3'])('hears what is needed before anything is loaded: %s', (version) => {
    const { status, stdout, stderr } = runAs(version);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `error: Goal Agent needs Node 20.19 or newer; this is Node ${version} (${process.execPath}).\n`,
    });
  });

  test.each(['20.19.0', '22.0.0', '100.0.0'])('is none of these: %s', (version) => {
    expect(runAs(version).stderr).toMatch(/start\.js/);
  });

  test('hears it from mcpctl, too', () => {
    expect(runAs('18.20.8', programs[1])).toMatchObject({ status: 1, stderr: expect.stringMatching(/needs Node 20/) });
    expect(runAs('20.19.0', programs[1]).stderr).toMatch(/start-mcpctl\.js/);
  });

  test.each(programs)('can read the entry: %s', async (file) => {
    const entry = readFileSync(file, 'utf8');
    const options = { format: 'esm', minify: true } as const;
    const old = await transform(entry, { ...options, target: 'node12.20' });
    const now = await transform(entry, { ...options, target: 'esnext' });
    expect(old.code).toBe(now.code);
    expect(entry).not.toMatch(/^\s*(?:import|export)\b[^(]/m);
    expect(entry).not.toMatch(/\bawait\b|node:/);
  });

  test('is the one that the package names', () => {
    const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(engines.node).toBe('>=20.19');
  });
});

// util-linux's: it makes a terminal
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

test.skipIf(!hasScript)('goal-agent mcp says at a terminal what it waits for, each time', () => {
  for (let time = 0; time < 2; time += 1) expect(atTerminal()).toMatch(/waits for an MCP client on stdin/);
});

/** What the program shows at a terminal that Ctrl+D is typed at. */
function atTerminal(): string {
  return execFileSync('script', ['-qec', `"${process.execPath}" "${program}" mcp`, '/dev/null'], {
    encoding: 'utf8',
    input: '\u0004',
    env: { ...process.env, GOAL_AGENT_HOME: path.join(folder, 'home') },
  });
}
