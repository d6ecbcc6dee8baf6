import { randomUUID } from 'node:crypto';
import { statfsSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';
import { codeOf, folderGone, unless } from './trouble.ts';

/** A data directory's name for itself, and the place on disk that it had when it got it. */
const MARK = 'goal_agent.identity';

/**
 * What tells this data directory from every copy of it, which shares PostgreSQL's own system identifier: a mark that is made anew when the
 * directory is found at another place on disk. Only the holder of the start lock may call this.
 */
export async function markDirectory(dataDirectory: string): Promise<string> {
  const { dev, ino } = await stat(dataDirectory);
  const place = `${dev}:${ino}`;
  const [identity, markedPlace] = await readMark(dataDirectory);
  if (identity && markedPlace === place) return identity;
  const made = randomUUID();
  await replaceFile(join(dataDirectory, MARK), `${made}\n${place}\n`);
  return made;
}

async function readMark(dataDirectory: string): Promise<string[]> {
  const text = await readFile(join(dataDirectory, MARK), 'utf8').catch(unless('ENOENT'));
  return text?.split('\n') ?? [];
}

/** The data directory that this process works with, so that no other one is taken for it. */
export interface DataFolder {
  /**
   * A few microseconds: asked around every statement, since a server whose directory was deleted goes on for up to a minute.
   * @throws GoalAgentError `unavailable` when it was deleted, moved or replaced
   */
  check(): void;
  /** @throws the same when a server runs there whose directory is another one, as after a restore */
  checkMark(): Promise<void>;
  /** Whether there is no room for another file of the write-ahead log, without which PostgreSQL ends. */
  isDiskFull(): boolean;
}

const WAL_FILE_BYTES = 16 * 1024 * 1024;

export async function rememberFolder(dataDirectory: string): Promise<DataFolder> {
  const remembered = statSync(dataDirectory);
  let [identity] = await readMark(dataDirectory);
  let isChecked = false;
  const check = (): void => {
    // many calls are answered in one turn of the event loop, and one look is enough for all of them
    if (isChecked) return;
    if (!isThere(dataDirectory, remembered.ino)) throw folderGone(dataDirectory);
    isChecked = true;
    setImmediate(() => {
      isChecked = false;
    });
  };
  return {
    check,
    async checkMark() {
      check();
      const [now] = await readMark(dataDirectory);
      if (identity && now !== identity) throw folderGone(dataDirectory);
      identity = now; // the first: a server that an older Goal Agent had started made none
    },
    isDiskFull() {
      try {
        const { bavail, bsize } = statfsSync(dataDirectory);
        return bavail * bsize < WAL_FILE_BYTES;
      } catch {
        return false;
      }
    },
  };
}

function isThere(directory: string, ino: number): boolean {
  try {
    if (statSync(directory).ino !== ino) return false;
    for (const part of ['pg_wal', 'global/pg_control']) statSync(join(directory, part));
    return true;
  } catch (error) {
    // a disk that does not answer is the server's to notice
    return !['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
  }
}
