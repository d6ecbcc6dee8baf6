import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { isRoot, nameOf } from './account.ts';
import { replaceFile } from './replace-file.ts';
import { unless } from './trouble.ts';

const HEAD = '# Goal Agent writes this file at each start of its private server.\n';
const MAP = 'goal_agent';

/**
 * Lets in by the socket the home's owner and root, whom the kernel names (`peer`), and nobody else, whatever the rights of the folders are.
 * Where the owner has a number and no name, which PostgreSQL would want to know, the 0700 folder alone keeps others out.
 * Windows has a password instead (create.ts). Written when it differs: an older Goal Agent trusted all who reached the socket.
 */
export async function writeAuthentication(dataDirectory: string, home: string): Promise<void> {
  if (process.platform === 'win32') return;
  const names = await allowedNames(home);
  const access = names ? `local all all peer map=${MAP}` : 'local all all trust';
  const map = (names ?? []).map((name) => `${MAP} "${name.replaceAll('"', '""')}" postgres\n`).join('');
  await replaceIfOther(join(dataDirectory, 'pg_ident.conf'), `${HEAD}${map}`);
  await replaceIfOther(join(dataDirectory, 'pg_hba.conf'), `${HEAD}${access}\n`);
}

/** Undefined where the home's owner has no name. */
async function allowedNames(home: string): Promise<string[] | undefined> {
  const { uid } = await stat(home);
  if (isRoot && uid === 0) return ['root'];
  const owner = isRoot ? await nameOf(uid) : ownName();
  return owner === undefined ? undefined : [owner, 'root'];
}

function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a container started with a bare number
  }
}

async function replaceIfOther(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(unless('ENOENT'))) !== text) await replaceFile(file, text);
}
