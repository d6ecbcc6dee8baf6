import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** The files of a tool that keeps a file for each task. */
export interface FoundFolder {
  /** What the tool's IDs are known by. */
  root: string;
  files: string[];
}

const backlogFolders = ['tasks', 'completed', 'drafts', 'archive/tasks', 'milestones', 'archive/milestones'];

/** The files of a Backlog.md project, from the project's folder or the folder `backlog` in it. */
export async function findBacklog(given: string): Promise<FoundFolder | undefined> {
  for (const root of [path.join(given, 'backlog'), path.join(given, '.backlog'), given]) {
    const pages = await Promise.all(backlogFolders.map((folder) => filesIn(path.join(root, folder), /\.md$/)));
    if (pages.flat().length > 0) return { root, files: [...(await filesIn(root, /^config\.ya?ml$/)), ...pages.flat()] };
  }
  return undefined;
}

/** The files of one list of Claude Code, of the folder of lists, or of the folder that has both kinds of lists. */
export async function findClaudeTasks(given: string): Promise<FoundFolder | undefined> {
  const own = await filesIn(given, /^(?:\d+|.+-agent-.+)\.json$/);
  const roots = own.length > 0 ? [] : [given, path.join(given, 'tasks')];
  const lists = (await Promise.all(roots.map(foldersIn))).flat();
  const tasks = await Promise.all(lists.map((list) => filesIn(list, /^\d+\.json$/)));
  const todos = own.length > 0 ? [] : await filesIn(path.join(given, 'todos'), /-agent-.+\.json$/);
  const files = [...own, ...tasks.flat(), ...todos];
  return files.length === 0 ? undefined : { root: given, files };
}

/** In the order of their numbers. A folder that is not there has none. */
async function filesIn(folder: string, form: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => !entry.isDirectory() && form.test(entry.name)).map((entry) => entry.name);
  return names.sort(byNumber.compare).map((name) => path.join(folder, name));
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.sort(byNumber.compare).map((name) => path.join(folder, name));
}

const byNumber = new Intl.Collator('en', { numeric: true });
