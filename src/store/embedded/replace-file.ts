import { randomUUID } from 'node:crypto';
import { chown, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRoot } from './account.ts';

/** Writes a file of the data directory in one step, on disk when this returns, as its owner's. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (isRoot) {
    const { uid, gid } = await stat(dirname(file));
    await chown(draft, uid, gid);
  }
  await rename(draft, file);
}
