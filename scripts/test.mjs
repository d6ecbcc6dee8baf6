// Says which suites this machine leaves out and how to get them, and then runs all others.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = (process.env.PATH ?? '').split(delimiter);
const inPath = (program) => folders.some((folder) => existsSync(join(folder, program)));
const debian = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];

const missing = [
  ...(debian.some((version) => Number(version) >= 15) || inPath('postgres')
    ? []
    : [['the suites on a PostgreSQL server of its own', 'install PostgreSQL 15 or newer: apt-get install postgresql']]),
  ...(inPath('redis-server') ? [] : [['the suites with Redis', 'install redis-server: apt-get install redis-server']]),
  ...(inPath('pgbouncer') || existsSync('/usr/sbin/pgbouncer')
    ? []
    : [['the suite behind a pooler', 'install pgbouncer: apt-get install pgbouncer']]),
  ...(process.env.CHROMIUM !== undefined || ['chromium', 'chromium-browser', 'google-chrome'].some(inPath)
    ? []
    : [['the suites of the board in a browser', 'install Chromium: apt-get install chromium']]),
  ...(inPath('nginx') || existsSync('/usr/sbin/nginx')
    ? []
    : [['the suite behind a proxy', 'install nginx: apt-get install nginx-light']]),
  ...(readdirSync('/usr/lib').some((folder) => existsSync(join('/usr/lib', folder, 'faketime')))
    ? []
    : [['the proof with clocks that jump', 'install libfaketime: apt-get install libfaketime']]),
  ...(inPath('openssl') ? [] : [['the TLS suite', 'install openssl: apt-get install openssl']]),
];

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
/** What no package brings. */
const forbidden = isRoot
  ? []
  : [['the suites of running as root, full disks, power cuts and containers', 'run them as root on Linux']];

const realClients = join('test', 'real-clients');
/** The clients that npm brings for this platform, and no folder or PATH has. */
const absentClients = Object.entries(JSON.parse(readFileSync(join(realClients, 'programs.json'), 'utf8')))
  .filter(
    ([name, files]) => !files.every((file) => existsSync(join(realClients, 'node_modules', file))) && !inPath(name),
  )
  .map(([name]) => [`the test with the real ${name}`, 'install the clients: npm run clients -- --install']);

/** What no package of Debian brings, or is too large to install for one test: it may be left out in CI, too. */
const optional = [
  ...(process.env.TEST_CITUS_URL ? [] : [['the suites on a Citus', 'run npm run citus']]),
  ...absentClients,
];

for (const [suite, how] of [...missing, ...forbidden, ...optional])
  console.error(`left out: ${suite}; to run them too, ${how}`);
if (missing.length > 0 && process.env.CI === 'true') {
  console.error('In CI nothing may be left out.');
  process.exit(1);
}

const vitest = join('node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
