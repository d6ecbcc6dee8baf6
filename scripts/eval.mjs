// Bundles the evaluation beside the program that it starts, and runs it: npm run eval [-- --model NAME]
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

await build({
  entryPoints: ['bench/eval/main.ts'],
  outfile: 'dist/bench/eval.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  packages: 'external',
});
process.exit(
  spawnSync(process.execPath, ['dist/bench/eval.js', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1,
);
