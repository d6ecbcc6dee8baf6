import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Why a file is not read, in words that complete its name; undefined where there is none. */
export type SmallFile = { text: string } | { trouble: string } | undefined;

/** Reads a file of a project, which may be anybody's: no link, no pipe, and no more than this. It never waits. */
export function readSmallFile(file: string, mostBytes: number): SmallFile {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(handle);
    if (!stats.isFile()) return { trouble: 'is no ordinary file' };
    if (stats.size > mostBytes) return { trouble: `is larger than ${mostBytes} bytes` };
    const buffer = Buffer.alloc(mostBytes);
    return { text: buffer.toString('utf8', 0, readSync(handle, buffer, 0, mostBytes, 0)).replace(/^\uFEFF/, '') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { trouble: code === 'ELOOP' ? 'is a link' : `cannot be read (${code ?? 'unknown error'})` };
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
