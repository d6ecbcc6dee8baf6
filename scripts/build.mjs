// Bundles each program into dist/, with every library inside it, so that a start reads a handful of files.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const { outputFiles, metafile } = await build({
  entryPoints: ['src/main/goal-agent.ts', 'src/main/demo.ts'],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  alias: { jiti: './scripts/stubs/jiti.mjs' },
  // pg looks for its optional native binding; the variable of some other program must not make it demand it
  external: ['pg-native'],
  define: { 'process.env.NODE_PG_FORCE_NATIVE': 'undefined' },
  // libraries in CommonJS call require, which an ES module does not have
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
  },
});

const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
files.set(resolve('dist/THIRD_PARTY_NOTICES.txt'), await notices(metafile));
// first all that is new, then away with what is old: a server that starts meanwhile finds a whole program
for (const [path, contents] of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents, { mode: path.includes(join('dist', 'main')) ? 0o755 : 0o644 });
}
for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
  const path = resolve(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(path)) await rm(path, { force: true });
}

/** The licences of the libraries that are in the bundle. */
async function notices({ inputs }) {
  const packages = new Set(
    Object.keys(inputs).flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  );
  const texts = await Promise.all([...packages].sort().map(notice));
  return `Goal Agent contains these libraries.\n\n${texts.join('\n\n')}\n`;
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  return `${'-'.repeat(80)}\n${name} ${version} (${license ?? 'see its text'})${text}`;
}
