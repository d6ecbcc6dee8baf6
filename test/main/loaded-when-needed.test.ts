import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let loaded: (entry: string) => string[];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main/program.ts'],
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    outdir: 'dist',
    write: false,
    metafile: true,
  });
  loaded = (entry) => {
    const files = new Set<string>();
    const visit = (file: string) => {
      if (files.has(file)) return;
      files.add(file);
      for (const each of metafile.inputs[file]?.imports ?? []) {
        if (each.kind === 'import-statement' && !each.external) visit(each.path);
      }
    };
    visit(entry);
    return [...files];
  };
});

it.each(['src/legacy/', 'src/cache/client.ts', 'src/http/', 'src/machine/', 'src/cli/commands/', 'src/cli/setup/'])(
  'a server over stdio starts without %s',
  (place) => {
    const files = loaded('src/main/program.ts');
    expect(files).toContain('src/cli/program.ts');
    expect(files.filter((file) => file.startsWith(place))).toEqual([]);
  },
);
