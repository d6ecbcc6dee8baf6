// Bundles what counts characters beside the program that it counts them at, and runs it: npm run tokens
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

await build({
  entryPoints: ['bench/tokens/main.ts'],
  outfile: 'dist/bench/tokens.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  packages: 'external',
});
process.exit(spawnSync(process.execPath, ['dist/bench/tokens.js'], { stdio: 'inherit' }).status ?? 1);
