import path from 'node:path';
import { readSmallFile } from './small-file.ts';

// Read from the files, without running git: git runs what a project's own configuration says.

const mostConfigBytes = 256 * 1024;
const mostPointerBytes = 4 * 1024;

export interface Remote {
  name: string;
  url: string;
}

/** The remote `origin` of the repository whose root this is, or its first one. Undefined where there is none to be read. */
export function findRemote(root: string): Remote | undefined {
  const directory = path.join(root, '.git');
  const text = textOf(path.join(directory, 'config'), mostConfigBytes) ?? configOfWorktree(root, directory);
  return text === undefined ? undefined : remoteIn(text);
}

/** In a worktree or a submodule `.git` is a file that says where the repository is. */
function configOfWorktree(root: string, file: string): string | undefined {
  const pointer = textOf(file, mostPointerBytes)?.trim();
  if (!pointer?.startsWith('gitdir:')) return undefined;
  const directory = path.resolve(root, pointer.slice('gitdir:'.length).trim());
  const common = textOf(path.join(directory, 'commondir'), mostPointerBytes)?.trim();
  return textOf(path.join(directory, common ?? '.', 'config'), mostConfigBytes);
}

function textOf(file: string, mostBytes: number): string | undefined {
  const read = file.includes('\0') ? undefined : readSmallFile(file, mostBytes);
  return read !== undefined && 'text' in read ? read.text : undefined;
}

/** The remote of a configuration's text. */
export function remoteIn(text: string): Remote | undefined {
  const remotes: Remote[] = [];
  let name: string | undefined;
  for (const line of text.split('\n').map((each) => each.trim())) {
    const section = /^\[(\w+) "((?:[^"\\]|\\.)*)"\]/.exec(line);
    if (section?.[1]?.toLowerCase() === 'remote') name = section[2];
    else if (line.startsWith('[')) name = undefined;
    else if (name !== undefined && /^url\s*=/i.test(line)) remotes.push({ name, url: urlIn(line) });
  }
  return remotes.find((remote) => remote.name === 'origin') ?? remotes[0];
}

function urlIn(line: string): string {
  const value = line.slice(line.indexOf('=') + 1).trim();
  return value.startsWith('"') ? value.slice(1, value.indexOf('"', 1)) : (value.split(/\s[#;]/)[0] ?? '');
}

/** `acme.web` of `https://github.com/Acme/web.git` and `git@github.com:acme/web`; undefined where no path is in it. */
export function nameOfRemote({ url }: Remote): string | undefined {
  const [, ofUrl] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(.*)$/i.exec(url) ?? [];
  const [, ofScp] = /^[^/:]*:(.*)$/.exec(url) ?? [];
  const parts = (ofUrl ?? ofScp ?? url).split(/[/\\]/).filter((part) => part !== '');
  const last = parts.pop()?.replace(/\.git$/i, '');
  // case makes no difference where repositories are kept, and two clones are one project
  const name = [...parts.slice(-1), last].filter((part) => part !== undefined && part !== '').join('.');
  return name === '' ? undefined : name.toLowerCase();
}
