import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import type { FoundFolder } from './folders.ts';
import type { ForeignPlan, SourceFile } from './plan.ts';
import { type ForeignTool, foreignTools, type ToolName } from './tools.ts';

/** A file of another tool, read. */
export interface ReadSource {
  plan: ForeignPlan;
  /** What it is called in a report. */
  source: string;
  /** What the IDs in it are known by. */
  origin: string;
}

/** Larger than any task list that a person made, and small enough to be read at once. */
const mostBytes = 200 * 1024 * 1024;

/**
 * What a tool's files hold.
 *
 * @param known - the name that its IDs are known by, over its path
 * @throws GoalAgentError `not_found` where there is no such file, `invalid` for one that cannot be understood, with file,
 *   line and column.
 */
export async function readSource(tool: ToolName, given: string, known?: string): Promise<ReadSource> {
  const described: ForeignTool = foreignTools[tool];
  const found = await findFiles(described, given);
  const files: SourceFile[] = [];
  for (const file of found.files) files.push({ path: file, text: await readText(file) });
  const place = await realpath(found.root);
  return {
    plan: (await described.load())({ files, project: projectOf(described, place) }),
    source: `${described.title}: ${place}`,
    origin: described.hasGlobalIds && known === undefined ? tool : `${tool} ${known ?? place}`,
  };
}

async function findFiles(tool: ForeignTool, given: string): Promise<FoundFolder> {
  if (tool.find !== undefined && (await kindOf(given)) === 'folder') {
    const found = await tool.find(given);
    if (found === undefined) throw nothingThere(tool, given);
    return found;
  }
  const file = await findFile(tool, given);
  return { root: file, files: [file] };
}

/** The file itself, or the tool's file in a folder. */
async function findFile(tool: ForeignTool, given: string): Promise<string> {
  if ((await kindOf(given)) === 'file') return given;
  for (const name of tool.inFolder) {
    const file = path.join(given, name);
    if ((await kindOf(file)) === 'file') return file;
  }
  throw nothingThere(tool, given);
}

function nothingThere({ title, inFolder }: ForeignTool, given: string): GoalAgentError {
  return new GoalAgentError('not_found', `${given} holds no file of ${title}; it would be ${inFolder.join(' or ')}.`);
}

/** @throws GoalAgentError for a path that was given and is not there. */
async function kindOf(given: string): Promise<'file' | 'folder' | undefined> {
  try {
    const found = await stat(given);
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new GoalAgentError('invalid', `${given} cannot be read (${code}).`, { cause: error });
  }
}

export async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > mostBytes) {
      throw new GoalAgentError(
        'invalid',
        `${file} has ${size} bytes; the limit is ${mostBytes}. Nothing was imported.`,
      );
    }
    return decoded(file, await readFile(file));
  } catch (error) {
    if (error instanceof GoalAgentError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new GoalAgentError('invalid', `${file} cannot be read (${code}).`, { cause: error });
  }
}

/** UTF-8, or what a byte order mark says; Windows programs write UTF-16. */
function decoded(file: string, bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GoalAgentError('invalid', `${file} is no text in UTF-8. Nothing was imported.`, { cause: error });
  }
}

/** The name of the folder that the tool's own folders are in, or of the file where it stands alone. */
function projectOf({ inFolder }: ForeignTool, place: string): string {
  const own = inFolder.find((name) => place.endsWith(`${path.sep}${path.normalize(name)}`));
  if (own !== undefined) return path.basename(place.slice(0, -own.length - 1)) || path.basename(place);
  return path.basename(place, path.extname(place));
}
