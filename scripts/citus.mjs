// Runs the suites that have a Citus below them: npm run citus [-- FILE …] [--rounds N]
// On the Citus that TEST_CITUS_URL names, a database made for tests; otherwise on one of the run's own, with two workers.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { positionals: files, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, seed: { type: 'string' } },
});

const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').map(Number) : [];
const newest = Math.max(...versions);
const isThere = existsSync(join('/usr/share/postgresql', String(newest), 'extension', 'citus.control'));

if (!process.env.TEST_CITUS_URL && !isThere) {
  console.error(`left out: the suites on a Citus. PostgreSQL ${Number.isFinite(newest) ? newest : '15'} of this machine has no Citus.
To run them too, install Citus for it as https://github.com/citusdata/citus says, or name a database of a Citus, made for
tests, in TEST_CITUS_URL. Goal Agent was tested with Citus 13.2 on PostgreSQL 15.`);
  process.exit(1);
}

const options = Object.entries(values).map(([name, value]) => [`PROOF_${name.toUpperCase()}`, value]);
const { status } = spawnSync(
  process.execPath,
  [
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--project',
    'citus',
    '--testTimeout=0',
    '--hookTimeout=0',
    ...files,
  ],
  { stdio: 'inherit', env: { TEST_CITUS_URL: '', ...process.env, ...Object.fromEntries(options) } },
);
process.exit(status ?? 1);
