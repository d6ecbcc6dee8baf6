// Runs proofs at full length, and prints what each has counted: npm run proof -- NAME … [--rounds N] [--minutes N] [--seed N]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const folder = join('test', 'proof');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, minutes: { type: 'string' }, seed: { type: 'string' } },
});
const unknown = wanted.filter((name) => !names.includes(name));
if (wanted.length === 0 || unknown.length > 0) {
  console.error(`Name one or more of these proofs: ${names.join(', ')}`);
  process.exit(2);
}

const temporary = mkdtempSync(join(os.tmpdir(), 'goal-agent-proof-'));
const results = join(temporary, 'results');
writeFileSync(results, '');
const options = Object.entries(values).map(([name, value]) => [`PROOF_${name.toUpperCase()}`, value]);
const { status } = spawnSync(
  process.execPath,
  [
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--project',
    'embedded',
    // a proof has no end of time, but the one that its options give it
    '--testTimeout=0',
    '--hookTimeout=0',
    ...wanted.map((name) => `${join(folder, name)}/`),
  ],
  { stdio: 'inherit', env: { ...process.env, PROOF_RESULTS: results, ...Object.fromEntries(options) } },
);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
console.log(`
Goal Agent ${version}, Node ${process.version}, ${os.platform()} ${os.arch()}, ${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`);
console.log(readFileSync(results, 'utf8').trimEnd());
rmSync(temporary, { recursive: true });
process.exit(status ?? 1);
