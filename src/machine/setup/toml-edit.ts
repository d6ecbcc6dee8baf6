import { parse, patch, stringify, TomlFormat } from '@decimalturn/toml-patch';
import { type ConfigEditor, changedMeaning, NotReadable, setAt, valueAt, withoutAt } from './config-editor.ts';
import { lineEnd } from './line-end.ts';
import { type Entry, isRecord } from './server-entry.ts';

/** TOML. A new entry is a table of its own at the end of the file, as people write it. */
export const tomlEditor: ConfigEditor = { read, set, remove };

function read(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const { line, column } = error as { line?: number; column?: number };
    if (line === undefined || column === undefined) throw error;
    throw new NotReadable('it is no TOML', `line ${line}, column ${column + 1}`);
  }
}

function set(text: string, path: readonly string[], value: unknown): string {
  const before = read(text);
  for (const depth of path.keys()) {
    const holder = valueAt(before, path.slice(0, depth));
    if (holder !== undefined && !isRecord(holder))
      throw new NotReadable(`${path.slice(0, depth).join('.')} is no table`);
  }
  const expected = setAt(before, path, value);
  const existing = valueAt(before, path);
  const ways = [
    () => (existing === undefined ? append(text, path, value) : replace({ text, path, existing, value })),
    () => patch(text, expected),
  ];
  for (const way of ways) {
    const changed = way();
    if (changed !== undefined && isReadAs(changed, expected)) return changed;
  }
  throw new NotReadable(`${path.join('.')} cannot be set without a change of something else`);
}

function remove(text: string, path: readonly string[]): string {
  const before = read(text);
  if (valueAt(before, path) === undefined) return text;
  const table = tablePath(before, path);
  const block = tableText(table, valueAt(before, table), lineEnd(text));
  if (block !== undefined && text.includes(block)) {
    const cut = withoutBlock(text, block);
    // the last table of a holder takes the holder with it
    const left = [path, path.slice(0, -1)].map((each) => withoutAt(before, each));
    if (left.some((expected) => isReadAs(cut, expected))) return cut;
  }
  return patch(text, withoutAt(before, path));
}

/** Where the table itself is, for a path to what holds that one table. */
function tablePath(value: unknown, path: readonly string[]): readonly string[] {
  const holder = valueAt(value, path);
  const [only, ...others] = isRecord(holder) ? Object.entries(holder) : [];
  const isHolder = only !== undefined && others.length === 0 && isRecord(only[1]);
  return isHolder ? tablePath(value, [...path, only[0]]) : path;
}

/** Without the block, and without the empty line that was put before it. */
function withoutBlock(text: string, block: string): string {
  const eol = lineEnd(text);
  const [before = '', after = ''] = [
    text.slice(0, text.indexOf(block)),
    text.slice(text.indexOf(block) + block.length),
  ];
  return (before.endsWith(eol + eol) ? before.slice(0, -eol.length) : before) + after;
}

function append(text: string, path: readonly string[], value: unknown): string | undefined {
  const eol = lineEnd(text);
  const block = tableText(path, value, eol);
  if (block === undefined) return undefined;
  if (text.trim() === '') return block;
  return `${text}${text.endsWith('\n') ? '' : eol}${eol}${block}`;
}

interface Replacement {
  text: string;
  path: readonly string[];
  existing: unknown;
  value: unknown;
}

/** A table that setup wrote is written again; all others are patched. */
function replace({ text, path, existing, value }: Replacement): string | undefined {
  const [old, block] = [existing, value].map((each) => tableText(path, each, lineEnd(text)));
  return old !== undefined && block !== undefined && text.includes(old) ? text.replace(old, () => block) : undefined;
}

function tableText(path: readonly string[], value: unknown, eol: string): string | undefined {
  if (!isRecord(value)) return undefined;
  const format = TomlFormat.default();
  format.inlineTableStart = 0;
  format.newLine = eol;
  const lines = Object.entries(value).map(([key, each]) => stringify({ [key]: each } satisfies Entry, format).trim());
  return [`[${path.join('.')}]`, ...lines, ''].join(eol);
}

function isReadAs(text: string, expected: unknown): boolean {
  try {
    return !changedMeaning(parse(text), expected);
  } catch {
    return false;
  }
}
