import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { GoalAgentError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { readJson } from '../../domain/json-text.ts';
import { type Kind, numberIn } from '../check/assign-ids.ts';
import { shown } from '../check/record-reader.ts';
import { headOf, type RecordHead, type Records } from '../check/records.ts';
import type { LegacyRecords } from '../check/types.ts';
import { type JsonEntry, type JsonNotice, JsonTextError, jsonEntries, parseJson } from '../json-text.ts';
import { type Changes, storable } from '../report.ts';

export const v2Files = { goals: 'goals.json', tasks: 'tasks.json', counters: 'counters.json' } as const;

/** The files of a v2 directory as they are; a missing file is undefined. */
export interface V2Files {
  directory: string;
  goals: Buffer | undefined;
  tasks: Buffer | undefined;
  counters: Buffer | undefined;
  /** The hash of the bytes of all three, which `imports` remembers. */
  hash: string;
}

/**
 * Reads a directory of v2 files; undefined when it holds neither goals nor tasks.
 *
 * @throws GoalAgentError `configuration` for a file that cannot be read.
 */
export async function readV2Files(directory: string): Promise<V2Files | undefined> {
  const hash = createHash('sha256');
  const read = async (name: string) => {
    const bytes = await readIfThere(path.join(directory, name));
    hash
      .update(`${name} ${bytes?.length ?? 'missing'}
`)
      .update(bytes ?? '');
    return bytes;
  };
  const [goals, tasks] = [await read(v2Files.goals), await read(v2Files.tasks)];
  if (goals === undefined && tasks === undefined) return undefined;
  return { directory, goals, tasks, counters: await read(v2Files.counters), hash: hash.digest('hex') };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new GoalAgentError('configuration', `${file} cannot be read (${code}). Nothing was imported.`, {
      cause: error,
    });
  }
}

/** @throws GoalAgentError `invalid` */
function refuseOtherEncodings(bytes: Buffer, file: string): void {
  if (!isUtf8(bytes)) throw notReadable(file, firstBadByte(bytes), 'the text is not UTF-8');
}

/** Line by line, because a decoder does not say where it stopped. */
function firstBadByte(bytes: Buffer): { line: number; column: number } {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, end === -1 ? bytes.length : end);
    const decoded = part.toString('utf8');
    if (!Buffer.from(decoded).equals(part)) return { line, column: decoded.indexOf('\ufffd') + 1 };
    if (end === -1) return { line, column: 1 };
    start = end + 1;
  }
}

/**
 * The records in the files. Values that are repeated, no number or too deep go into `changes`. Other work of the
 * process gets its turns meanwhile.
 *
 * @throws GoalAgentError `invalid` with file, line and column where a file is not JSON, or not of the right shape.
 */
export async function parseV2Files(files: V2Files, changes: Changes): Promise<LegacyRecords> {
  const textOf = (kind: keyof typeof v2Files) => {
    const file = path.join(files.directory, v2Files[kind]);
    const bytes = files[kind];
    if (bytes !== undefined) refuseOtherEncodings(bytes, file);
    return { file, text: bytes };
  };
  return {
    goals: await recordsOf('goal', textOf('goals'), changes),
    tasks: await recordsOf('task', textOf('tasks'), changes),
    counters: await countersIn(textOf('counters'), changes),
  };
}

interface FileText {
  file: string;
  text: Buffer | undefined;
}

/** The fields that v2 wrote for every goal or task, beside its ID. */
const v2Fields = ['description', 'status', 'priority', 'created_at', 'updated_at', 'goal_id', 'tasks'];

/** Many programs have a goals.json. */
function notOfV2(kind: Kind, file: string): GoalAgentError {
  return new GoalAgentError(
    'invalid',
    `${file} is not a file of v2: nothing in it has a key such as ${kind === 'goal' ? 'GOAL' : 'TASK'}-0001 and the fields of a ${kind}. Nothing was imported.`,
  );
}

/**
 * Looks at all records, and keeps the place of each. Rows are made of one record at a time, and memory holds the
 * records once.
 */
async function recordsOf(kind: Kind, { file, text = Buffer.from('{}') }: FileText, changes: Changes): Promise<Records> {
  let isOfV2 = false;
  const heads = new Map<string, RecordHead>();
  const places = new Map<string, { start: number; end: number; plain: boolean }>();
  const read = (key: string) => {
    const { start, end, plain } = places.get(key) ?? { start: 0, end: 0, plain: false };
    const bytes = text.subarray(start, end);
    // without a remark readJson reads the same value, and much faster
    return (plain ? readJson(bytes.toString()) : parseJson(bytes).value) as JsonObject;
  };
  await eachEntry({ file, text }, changes, ({ key, value, start, end, notices }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new JsonTextError(`the record ${shown(key)} is ${shown(value)}, and has to be an object`, text, start);
    }
    if (heads.has(key))
      changes.add('duplicate_key', key, 'the file has this key twice; the last counts', { verbatim: read(key) });
    heads.set(key, headOf(value));
    isOfV2 ||= numberIn(kind, key) !== undefined && v2Fields.some((field) => Object.hasOwn(value, field));
    places.set(key, { start, end, plain: notices.length === 0 });
  });
  if (heads.size > 0 && !isOfV2) throw notOfV2(kind, file);
  return { heads, read };
}

async function countersIn({ file, text }: FileText, changes: Changes): Promise<{ goal?: number; task?: number }> {
  const counters: { goal?: number; task?: number } = {};
  if (text === undefined) {
    changes.add('counter', 'counters', 'there was no counters.json; numbers go on after the highest ID');
    return counters;
  }
  await eachEntry({ file, text }, changes, ({ key, value }) => {
    const number = typeof value === 'string' ? Number(value) : value;
    const usable = typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && number < 1e14;
    if ((key === 'goal' || key === 'task') && usable) counters[key] = number;
    else changes.add('counter', key, `it was ${shown(value)}, which is no counter`, { verbatim: value });
  });
  for (const kind of ['goal', 'task'] as const) {
    if (counters[kind] === undefined)
      changes.add('counter', kind, 'it had no usable value; numbers go on after the highest ID');
  }
  return counters;
}

/** The time after which other work gets a turn, in milliseconds. */
const turn = 10;

async function eachEntry(
  { file, text }: { file: string; text: Buffer },
  changes: Changes,
  onEntry: (entry: JsonEntry) => void,
): Promise<void> {
  let began = performance.now();
  try {
    for (const entry of jsonEntries(text)) {
      onEntry(entry);
      for (const notice of entry.notices) report(notice, changes);
      if (performance.now() - began < turn) continue;
      await setImmediate();
      began = performance.now();
    }
  } catch (error) {
    if (error instanceof JsonTextError) throw notReadable(file, error, error.message);
    throw error;
  }
}

const noticed = {
  duplicate_key: ['duplicate_key', 'this key was there twice; the last counts'],
  not_a_json_number: ['number', 'it is no number that JSON knows; it is null now'],
  nested_too_deep: ['over_limit', 'it is nested too deep; it is null now'],
} as const;

/** Reports one value that the JSON reader replaced; its path begins with the record's key. */
export function report({ path: [id, ...field], problem, verbatim }: JsonNotice, changes: Changes): void {
  const [kind, message] = noticed[problem];
  changes.add(kind, String(id), message, { ...(field.length > 0 && { field: field.join('.') }), raw: verbatim });
}

function notReadable(
  file: string,
  { line, column }: { line: number; column: number },
  message: string,
): GoalAgentError {
  return new GoalAgentError(
    'invalid',
    `${file}, line ${line}, column ${column}: ${storable(message)}. Nothing was imported; repair the file, or put a good copy in its place.`,
  );
}
