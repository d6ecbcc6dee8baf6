import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { allowedName, nameForm } from '../../../domain/names.ts';
import { findRemote, nameOfRemote } from './git-remote.ts';
import { readSmallFile } from './small-file.ts';

/** The value of GOAL_AGENT_WORKSPACE that means a workspace for each project. */
export const ofProject = '@project';

/** The name that a project has as a workspace, and where it comes from; or why it has none. */
export type ProjectWorkspace = { name: string; from: string } | { problem: string };

const ownFile = '.goal-agent';
const mostBytes = 4 * 1024;
/** Of a folder's name or a remote's path. */
const longest = 1_000;

/** The workspace of the project that this folder belongs to. What it reads is bounded, and nothing of it is shown but a name. */
export function projectWorkspace(cwd: string): ProjectWorkspace {
  const root = findRoot(real(cwd));
  if (root === undefined) {
    return {
      problem: `${cwd} is no project's folder; allowed with ${ofProject}: a server that is started in one, which is neither your home folder nor above it`,
    };
  }
  return ownName(root) ?? nameByGit(root) ?? { name: safeName(path.basename(root)), from: `the folder ${root}` };
}

/** The nearest folder with a mark of a project; without any it is the folder itself. */
function findRoot(cwd: string): string | undefined {
  const home = real(homedir());
  const isNone = (folder: string) =>
    `${home}${path.sep}`.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
  if (isNone(cwd)) return undefined;
  for (let folder = cwd; !isNone(folder) && folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if ([ownFile, '.git'].some((name) => isThere(path.join(folder, name)))) return folder;
  }
  return cwd;
}

function ownName(root: string): ProjectWorkspace | undefined {
  const file = path.join(root, ownFile);
  const read = readSmallFile(file, mostBytes);
  if (read === undefined) return undefined;
  if ('trouble' in read) return { problem: `${file} ${read.trouble}; allowed: a file with the name of a workspace` };
  const lines = read.text.split('\n').map((line) => line.trim());
  const [name = '', ...more] = lines.filter((line) => line !== '' && !line.startsWith('#'));
  // what it holds is not shown: a project that is somebody else's would speak through the message
  if (more.length > 0 || !nameForm.test(name))
    return { problem: `${file} names no workspace; allowed: one line of ${allowedName}` };
  return { name, from: file };
}

function nameByGit(root: string): ProjectWorkspace | undefined {
  const remote = findRemote(root);
  const name = remote && nameOfRemote(remote);
  return name === undefined ? undefined : { name: safeName(name), from: `the Git remote of ${root}` };
}

/** The name itself where a workspace can have it; otherwise what can be kept of it, and what tells it from similar names. */
export function safeName(name: string): string {
  if (nameForm.test(name)) return name;
  const kept = name
    .slice(0, longest)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 55)
    .replace(/-$/, '');
  return `${kept || 'project'}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}
