import { randomBytes } from 'node:crypto';
import { access, chown, constants, lstat, mkdir, open, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import { NotReadable } from './config-editor.ts';

/** A file of text as it is now; `text` is undefined where there is no file. */
export interface TextFile {
  /** As the client names it. */
  file: string;
  /** Where its bytes are, behind all symbolic links. */
  real: string;
  text: string | undefined;
}

const byteOrderMark = '\ufeff';
const mostLinks = 40;

/** @throws GoalAgentError `conflict` where the file cannot be read as text. */
export async function readTextFile(file: string): Promise<TextFile> {
  const real = await behindLinks(file);
  const bytes = await readFile(real).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new GoalAgentError('conflict', `${file} cannot be read (${error.code}). Nothing was changed.`);
  });
  if (bytes === undefined) return { file, real, text: undefined };
  try {
    // the mark stays in the text, and therefore in the file
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { file, real, text };
  } catch {
    throw new GoalAgentError('conflict', `${file} is left alone: it is not in UTF-8. Save it in UTF-8, and try again.`);
  }
}

/** Runs `change` on the text behind the byte order mark. NotReadable becomes an error that names the file. */
export function onText<T>(file: string, text: string, change: (inner: string) => T): { mark: string; result: T } {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  try {
    return { mark, result: change(text.slice(mark.length)) };
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    const where = error.place === '' ? '' : ` (${error.place})`;
    throw new GoalAgentError(
      'conflict',
      `${file} is left alone: ${error.message}${where}. Mend it there, and try again.`,
    );
  }
}

/** Also for links that lead to no file yet. */
async function behindLinks(file: string): Promise<string> {
  let real = file;
  for (let links = 0; links < mostLinks; links++) {
    const found = await lstat(real).catch(() => undefined);
    if (found?.isSymbolicLink() !== true) return real;
    real = path.resolve(path.dirname(real), await readlink(real));
  }
  throw new GoalAgentError('conflict', `${file} is a circle of symbolic links. Nothing was changed.`);
}

/**
 * Puts `text` in the place of what `found` holds, at once and durably; undefined removes the file. The file keeps its
 * rights and its owner.
 * @throws GoalAgentError `conflict` where the file may not be written, or has changed since `found` was read.
 */
export async function writeTextFile(found: TextFile, text: string | undefined, newMode: number): Promise<void> {
  const { file, real } = found;
  const existing = await stat(real).catch(() => undefined);
  if (existing !== undefined) await refuseReadOnly(file, real, existing.mode);
  try {
    if (text !== undefined) await replace(found, text, { mode: existing?.mode ?? newMode, owner: existing });
    else {
      await refuseChanged(found);
      await rm(real, { force: true });
    }
  } catch (error) {
    if (error instanceof GoalAgentError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new GoalAgentError('conflict', `${file} cannot be written (${code}). Nothing was changed.`);
  }
}

async function refuseReadOnly(file: string, real: string, mode: number): Promise<void> {
  // root may write everything: the rights say what the owner wants
  const mayWrite =
    (mode & 0o222) !== 0 &&
    (await access(real, constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (mayWrite) return;
  throw new GoalAgentError('conflict', `${file} is read-only. Nothing was changed; make it writable, and try again.`);
}

interface Rights {
  mode: number;
  owner: { uid: number; gid: number } | undefined;
}

async function replace(found: TextFile, text: string, { mode, owner }: Rights): Promise<void> {
  const folder = path.dirname(found.real);
  await mkdir(folder, { recursive: true });
  const beside = path.join(folder, `.${path.basename(found.real)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      if (owner !== undefined && process.getuid?.() === 0) await chown(beside, owner.uid, owner.gid);
      await handle.chmod(mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await refuseChanged(found);
    await rename(beside, found.real);
  } finally {
    await rm(beside, { force: true });
  }
}

async function refuseChanged(found: TextFile): Promise<void> {
  const now = await readTextFile(found.file);
  if (now.real === found.real && now.text === found.text) return;
  throw new GoalAgentError('conflict', `${found.file} has changed meanwhile. Nothing was written; try again.`);
}
