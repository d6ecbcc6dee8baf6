// Checks Node's version before anything else is loaded, in syntax that old versions read too (test/main/entry.test.ts).
// Node 18 has to say that it is too old, and not that it does not know a syntax.

const needed = { major: 20, minor: 19 };

/** Starts the program on a Node that can run it, and otherwise says which one it needs. */
export function enter(load: () => Promise<unknown>): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) {
    void load();
    return;
  }
  const here = `Node ${process.versions.node} (${process.execPath})`;
  process.stderr.write(`error: Goal Agent needs Node ${needed.major}.${needed.minor} or newer; this is ${here}.\n`);
  process.exitCode = 1;
}
