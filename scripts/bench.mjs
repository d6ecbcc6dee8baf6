// Bundles the benchmarks beside the programs that they measure, and runs them: npm run bench [-- tools claims]
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

await build({
  entryPoints: ['main', 'by-hand', 'empty-server', 'raw-server', 'claimer-process', 'tell-memory'].map(
    (name) => `bench/${name}.ts`,
  ),
  outdir: 'dist/bench',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  external: ['pg-native', 'playwright-core'],
  alias: { jiti: './scripts/stubs/jiti.mjs' },
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
  },
});
process.exit(
  spawnSync(process.execPath, ['dist/bench/main.js', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1,
);
