import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const planted = mkdtempSync(path.join(tmpdir(), 'goal-agent-rooms-'));
for (const file of ['biome.json', '.gitignore', 'scripts/lint']) {
  cpSync(path.join(root, file), path.join(planted, file), { recursive: true });
}
symlinkSync(path.join(root, 'node_modules'), path.join(planted, 'node_modules'));
afterAll(() => rmSync(planted, { recursive: true, force: true }));

/** What the linter says of these files, in a tree of their own with the project's rules. */
function lint(files: Record<string, string>): { status: number | null; said: string } {
  rmSync(path.join(planted, 'src'), { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(planted, file)), { recursive: true });
    writeFileSync(path.join(planted, file), text);
  }
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', 'src'], {
    cwd: planted,
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

const other = { 'src/store/a.ts': 'export const a = 1;\n', 'src/service/b.ts': 'export const b = 1;\n' };

describe('the linter', () => {
  it('accepts imports that point down', () => {
    const file = "import { a } from '../store/a.ts';\nexport const c = a;\n";
    expect(lint({ ...other, 'src/service/c.ts': file })).toMatchObject({ status: 0 });
  });

  it.each([
    ['domain', "import { a } from '../store/a.ts';\nexport const c = a;\n"],
    ['domain', "import { readFile } from 'node:fs/promises';\nexport const c = readFile;\n"],
    ['domain', "import pg from 'pg';\nexport const c = pg;\n"],
    ['store', "import { b } from '../service/b.ts';\nexport const c = b;\n"],
    ['cache', "import { a } from '../store/a.ts';\nexport const c = a;\n"],
    ['mcp', "import { a } from '../store/a.ts';\nexport const c = a;\n"],
    ['tools/define', "import { a } from '../../store/a.ts';\nexport const c = a;\n"],
    ['tools', "import { a } from '../mcp/a.ts';\nexport const c = a;\n"],
    ['http', "import { a } from '../cli/a.ts';\nexport const c = a;\n"],
    ['exchange', "import { a } from '../tools/a.ts';\nexport const c = a;\n"],
    ['machine', "import { a } from '../http/a.ts';\nexport const c = a;\n"],
    ['mcp', "import type { A } from '../main/a.ts';\nexport type C = A;\n"],
    ['cli', "import { a } from '../mcp/a.ts';\nexport const c = a;\n"],
    ['legacy', "import { a } from '../cli/a.ts';\nexport const c = a;\n"],
    ['web', "import { b } from '../service/b.ts';\nexport const c = b;\n"],
    ['web/state', "import { z } from 'zod';\nexport const c = z;\n"],
    ['http', "import { a } from '../web/a.ts';\nexport const c = a;\n"],
  ])('refuses in %s: %s', (room, file) => {
    const { status, said } = lint({ ...other, [`src/${room}/c.ts`]: file });
    expect(status).not.toBe(0);
    expect(said).toContain('noRestrictedImports');
  });

  it('refuses a cycle, of types too', () => {
    const { status, said } = lint({
      'src/domain/a.ts': "import type { B } from './b.ts';\nexport type A = B[];\n",
      'src/domain/b.ts': "import type { A } from './a.ts';\nexport type B = A | 1;\n",
    });
    expect(status).not.toBe(0);
    expect(said).toContain('noImportCycles');
  });

  it.each([
    ['src/mcp/c.ts', "process.stdout.write('hello');\n"],
    ['src/main/c.ts', "const { stdout } = process;\nstdout.write('hello');\n"],
    ['src/service/c.ts', "console.log('hello');\n"],
    ['src/store/c.ts', "console.error('hello');\n"],
  ])('keeps stdout to the protocol: %s', (file, text) => {
    expect(lint({ [file]: text }).status).not.toBe(0);
  });

  it('lets the command line print', () => {
    expect(lint({ 'src/cli/render/output.ts': "process.stdout.write('hello');\n" })).toMatchObject({ status: 0 });
  });
});
