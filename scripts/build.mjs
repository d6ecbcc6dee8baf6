// Bundles each program into dist/, with every library inside it, so that a start reads a handful of files.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildWeb } from './build-web.mjs';

/** zod brings its messages in 60 languages, 340 KB that each start would read; ours are English. */
const withoutLocales = {
  name: 'without-locales',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const common = { outdir: 'dist', outbase: 'src', format: 'esm', platform: 'node', legalComments: 'none', write: false };
const bundled = {
  ...common,
  bundle: true,
  target: 'node20.19',
  minifySyntax: true,
  // jsonc-parser's first file asks for its others in a way that no bundler sees
  alias: { jiti: './scripts/stubs/jiti.mjs', 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // pg looks for its optional native binding; the variable of some other program must not make it demand it
  external: ['pg-native'],
  define: {
    'process.env.NODE_PG_FORCE_NATIVE': 'undefined',
    // pg asks it for Cloudflare; where there is none, as on Node 20, it makes a Response, which loads all of fetch (12 ms)
    navigator: '{"userAgent":"Node.js"}',
  },
  plugins: [withoutLocales],
  // libraries in CommonJS call require, which an ES module does not have
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
  },
};

const [web, entry, programs] = await Promise.all([
  buildWeb(),
  // read by every Node, so that an old one can be told what it lacks
  build({
    ...common,
    entryPoints: ['src/main/goal-agent.ts', 'src/main/mcpctl.ts'],
    bundle: true,
    external: ['./start.js', './start-mcpctl.js'],
    target: 'node12.20',
  }),
  build({
    ...bundled,
    entryPoints: ['src/main/start.ts', 'src/main/start-mcpctl.ts', 'src/main/demo.ts'],
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
  }),
]);

const files = new Map([...entry.outputFiles, ...programs.outputFiles].map(({ path, contents }) => [path, contents]));
for (const [path, contents] of web.files) files.set(path, contents);
files.set(resolve('dist/THIRD_PARTY_NOTICES.txt'), await notices(programs.metafile, web.packages));
files.set(resolve('dist/answers.json'), JSON.stringify(await recordedAnswers()));
// first all that is new, then away with what is old: a server that starts meanwhile finds a whole program
for (const [path, contents] of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents, { mode: path.includes(join('dist', 'main')) ? 0o755 : 0o644 });
}
for (const file of await readdir('dist', { recursive: true, withFileTypes: true })) {
  const path = resolve(file.parentPath, file.name);
  if (file.isFile() && !files.has(path)) await rm(path, { force: true });
}

/** What the server answers before anything of it is loaded: asked of the server itself. */
async function recordedAnswers() {
  const recorder = await build({ ...bundled, entryPoints: ['src/main/record-answers.ts'] });
  // as deep as the programs are, since they find other folders of the package from where they lie
  await mkdir('dist', { recursive: true });
  const folder = await mkdtemp(resolve('dist', 'building-'));
  try {
    const file = join(folder, 'record-answers.mjs');
    await writeFile(file, recorder.outputFiles[0].contents);
    const { recordDefaultAnswers } = await import(pathToFileURL(file).href);
    return await recordDefaultAnswers();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The licences of the libraries that are in the bundle. */
async function notices({ inputs }, webPackages) {
  const packages = new Set([
    ...Object.keys(inputs).flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
    ...[...webPackages].map((folder) => relative('.', folder)),
  ]);
  const texts = await Promise.all([...packages].sort().map(notice));
  return `Goal Agent contains these libraries.\n\n${texts.join('\n\n')}\n`;
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  return `${'-'.repeat(80)}\n${name} ${version} (${license ?? 'see its text'})${text}`;
}
