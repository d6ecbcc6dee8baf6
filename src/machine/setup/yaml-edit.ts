import { isMap, isScalar, isSeq, type Pair, parseDocument, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import { type ConfigEditor, changedMeaning, NotReadable, setAt, withoutAt } from './config-editor.ts';
import { lineEnd } from './line-end.ts';
import { isRecord } from './server-entry.ts';

// The library reads, and the changes are our own: it would write all of the file anew, with other people's lines folded and
// indented in its own way.

/**
 * YAML in which the servers are a list of maps with a `name`. Readers of this editor see that list as a map by the names.
 * Every line outside the one entry stays.
 */
export const yamlEditor: ConfigEditor = { read, set, remove };

/** The one list that setup writes to. */
const listKey = 'mcpServers';

function read(text: string): unknown {
  const value: unknown = documentOf(text).toJS() ?? {};
  if (!isRecord(value) || !(listKey in value)) return value;
  return { ...value, [listKey]: byName(value[listKey] ?? []) };
}

function byName(list: unknown): unknown {
  if (!Array.isArray(list)) throw new NotReadable(`${listKey} is no list`);
  const named = list.map((each: unknown, n) => {
    const { name = `#${n}`, ...entry } = isRecord(each) ? each : { value: each };
    return [String(name), entry] as const;
  });
  const names = new Set(named.map(([name]) => name));
  if (names.size < named.length) throw new NotReadable(`${listKey} has two servers of one name`);
  return Object.fromEntries(named);
}

function documentOf(text: string) {
  const parsed = parseDocument(text);
  const [error] = parsed.errors;
  if (error !== undefined) {
    const [start] = error.linePos ?? [];
    throw new NotReadable('it is no YAML', start === undefined ? '' : `line ${start.line}, column ${start.col}`);
  }
  if (parsed.contents !== null && !isMap(parsed.contents)) throw new NotReadable('it holds no map');
  return parsed;
}

/** What Continue wants in every file. */
const head = 'name: Goal Agent\nversion: 1.0.0\nschema: v1\n';

function set(given: string, path: readonly string[], value: unknown): string {
  const text = given.trim() === '' ? head : given;
  const expected = setAt(read(text), path, value);
  const item = itemText({ name: path.at(-1), ...(value as Record<string, unknown>) });
  return sameAs(withLineEnds(write(text, item, String(path.at(-1))), text), expected, path);
}

function remove(text: string, path: readonly string[]): string {
  const expected = withoutAt(read(text), path);
  const pair = pairOf(text);
  const [, name] = path;
  if (pair === undefined) return text;
  const place = name === undefined ? rangeOf(pair.key, pair.value) : placeOf(listOf(pair), name);
  return place === undefined ? text : sameAs(withoutLines(text, place), expected, path);
}

/** What a change came to, where that is what it should come to. */
function sameAs(changed: string, expected: unknown, path: readonly string[]): string {
  if (!changedMeaning(read(changed), expected)) return changed;
  throw new NotReadable(`${path.join('.')} cannot be set without a change of something else`);
}

function write(text: string, item: string, name: string): string {
  const pair = pairOf(text);
  if (pair === undefined) return `${withLastLineEnd(text)}${listKey}:\n${indented(item, 2)}`;
  const list = listOf(pair);
  const last = list?.items.at(-1);
  if (list === undefined || last === undefined) return intoEmpty(text, pair, item);
  const place = placeOf(list, name);
  if (place !== undefined) {
    const column = columnOf(text, place[0]) - '- '.length;
    const end = place[1];
    const lines = indented(item, column).slice(column + '- '.length);
    const rest = text.slice(end);
    // what stands behind the entry on its last line begins a line of its own
    return (
      text.slice(0, place[0]) +
      (text.slice(place[0], end).endsWith('\n') || rest === '' ? lines : lines.trimEnd()) +
      rest
    );
  }
  const [start, end] = rangeOf(last);
  const before = withLastLineEnd(text.slice(0, end));
  return before + indented(item, columnOf(text, start) - '- '.length) + text.slice(end);
}

/** `mcpServers:` alone, or with `[]` behind it. */
function intoEmpty(text: string, pair: Pair, item: string): string {
  const [start, end] = rangeOf(pair.value);
  const head = text.slice(0, start).trimEnd();
  const rest = text.slice(end);
  const line = rest.slice(0, (rest.indexOf('\n') + 1 || rest.length + 1) - 1);
  return `${head}${line.trimEnd()}\n${indented(item, 2)}${rest.slice(line.length).replace(/^\n/, '')}`;
}

function pairOf(text: string): Pair | undefined {
  const { contents } = documentOf(text);
  const { items = [], flow } = (contents ?? {}) as Partial<YAMLMap>;
  if (flow === true) throw new NotReadable('it is one line of YAML; write a line for each key');
  return items.find(({ key }) => isScalar(key) && key.value === listKey);
}

function listOf({ value }: Pair): YAMLSeq | undefined {
  if (!isSeq(value)) return undefined;
  if (value.flow === true && value.items.length > 0) {
    throw new NotReadable(`${listKey} is a list on one line; write each server on lines of its own`);
  }
  return value;
}

/** Where the entry of a name is, without the dash before it. */
function placeOf(list: YAMLSeq | undefined, name: string): [number, number] | undefined {
  const item = list?.items.find((each) => isMap(each) && each.get('name') === name);
  return item === undefined ? undefined : rangeOf(item);
}

/** From the first to behind the last character. */
function rangeOf(first: unknown, last: unknown = first): [number, number] {
  const [start, end] = [first, last].map((node) => (node as { range?: [number, number, number] }).range);
  if (start === undefined || end === undefined) throw new NotReadable(`${listKey} cannot be found in its lines`);
  return [start[0], end[1]];
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function withoutLines(text: string, [start, end]: [number, number]): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text[end - 1] === '\n' ? end : (text.indexOf('\n', end) + 1 || text.length + 1) - 1;
  return text.slice(0, from) + text.slice(to);
}

function itemText(entry: Record<string, unknown>): string {
  return stringify([entry], { lineWidth: 0 });
}

function indented(block: string, columns: number): string {
  return block.replaceAll(/^(?=.)/gm, ' '.repeat(Math.max(0, columns)));
}

function withLastLineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Lines that were added have the line end of the others. */
function withLineEnds(changed: string, original: string): string {
  return lineEnd(original) === '\r\n' ? changed.replaceAll(/(?<!\r)\n/g, '\r\n') : changed;
}
