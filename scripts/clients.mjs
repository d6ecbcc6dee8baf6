// The tests with the real clients that npm brings: installs the clients (0.7 GB to load, 1.8 GB on the disk), and runs the
// tests. With --few it takes the two that are small (160 MB on the disk), and with --install it only installs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const folder = join('test', 'real-clients');

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error('The clients come for Linux on x64 alone; elsewhere the tests take those that are in the PATH.');
} else {
  // npm ci refuses the lock file: a package in it brings packages of its own that leave out those of other platforms
  const quietly = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  const few = process.argv.includes('--few') ? ['--omit=dev'] : [];
  run('npm', ['install', '--ignore-scripts', '--omit=optional', ...few, ...quietly], { cwd: folder });
}
if (!process.argv.includes('--install')) {
  run('npm', ['run', '--silent', 'build']);
  const tests = join('test', 'machine', 'setup', 'real-clients.test.ts');
  run(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'embedded', tests]);
}
