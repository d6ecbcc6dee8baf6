#!/usr/bin/env node
// Looks at Node before anything else is loaded, in words that old ones read too (test/main/entry.test.ts): Node 18 has to
// hear what it lacks, and not of a syntax that it does not know.

const needed = { major: 20, minor: 19 };
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > needed.major || (major === needed.major && minor >= needed.minor)) void import('./start.js');
else {
  const here = `Node ${process.versions.node} (${process.execPath})`;
  process.stderr.write(`error: Goal Agent needs Node ${needed.major}.${needed.minor} or newer; this is ${here}.\n`);
  process.exitCode = 1;
}
