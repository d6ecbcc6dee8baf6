import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parse,
  parseTree,
  type SyntaxKind,
} from 'jsonc-parser';
import { type ConfigEditor, changedMeaning, NotReadable, placeOf, setAt } from './config-editor.ts';
import { lineEnd } from './line-end.ts';

// jsonc-parser reads; the changes are our own, because its `modify` formats other people's lines again and moves a
// comment behind the last entry to ours (test/machine/setup/json-edit.test.ts).

/** The library's enum goes away when it is compiled; these are its `CommaToken` and `EOF`. */
const kinds = { comma: 5, end: 17 } as const satisfies Record<string, SyntaxKind>;

/** JSON with comments and trailing commas. Every byte outside the one entry stays. */
export const jsonEditor: ConfigEditor = { read, set, remove };

function read(text: string): unknown {
  if (text.trim() === '') return {};
  const root = tree(text);
  if (root.type !== 'object') throw new NotReadable('it holds no object', placeOf(text, root.offset));
  return parse(text, [], { allowTrailingComma: true });
}

function tree(text: string): Node {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first !== undefined || root === undefined) {
    throw new NotReadable('it is no JSON', placeOf(text, first?.offset ?? 0));
  }
  return root;
}

function set(text: string, path: readonly string[], value: unknown): string {
  const expected = setAt(read(text), path, value);
  const changed = text.trim() === '' ? wholeText(expected, lineEnd(text)) : write(text, path, value);
  if (changedMeaning(read(changed), expected)) throw new NotReadable(`it names ${path.join('.')} twice`);
  return changed;
}

function wholeText(value: unknown, eol: string): string {
  return `${JSON.stringify(value, null, 2)}\n`.replaceAll('\n', eol);
}

function write(text: string, path: readonly string[], value: unknown): string {
  const root = tree(text);
  let object = root;
  for (const [depth, key] of path.entries()) {
    const node = findNodeAtLocation(object, [key]);
    const isLast = depth === path.length - 1;
    if (node === undefined) {
      const inner = path.slice(depth + 1).reduceRight<unknown>((nested, each) => ({ [each]: nested }), value);
      return insert({ text, root, object, key, value: inner });
    }
    if (isLast) {
      const written = valueText({ text, root, object, indent: indentOf(text, node.offset), value });
      return splice(text, node.offset, node.offset + node.length, written);
    }
    if (node.type !== 'object') throw new NotReadable(`${key} is no object`, placeOf(text, node.offset));
    object = node;
  }
  return text;
}

interface Insertion {
  text: string;
  root: Node;
  object: Node;
  key: string;
  value: unknown;
}

function insert({ text, root, object, key, value }: Insertion): string {
  const eol = lineEnd(text);
  const close = endOf(object) - 1;
  const last = object.children?.at(-1);
  const start = last === undefined ? object.offset + 1 : endOf(last);
  // behind the comments of the last entry
  const place = text.slice(0, close).trimEnd().length;
  const base = indentOf(text, object.offset);
  const indent =
    last !== undefined && beginsLine(text, last.offset) ? indentOf(text, last.offset) : base + unit(text, root);
  const property = `${JSON.stringify(key)}: ${valueText({ text, root, object, indent, value })}`;
  if (last === undefined) return splice(text, place, close, `${eol}${indent}${property}${eol}${base}`);
  const hasComma = commaBetween(text, start, close) !== undefined;
  const gap = isOneLine(text, object) ? ' ' : `${eol}${indent}`;
  const added = splice(text, place, place, `${gap}${property}${hasComma ? ',' : ''}`);
  return hasComma ? added : splice(added, start, start, ',');
}

interface Written {
  text: string;
  root: Node;
  object: Node;
  indent: string;
  value: unknown;
}

/** A value as its object writes values: on one line, or on lines of their own. */
function valueText({ text, root, object, indent, value }: Written): string {
  const lines = JSON.stringify(value, null, unit(text, root)).split('\n');
  return isOneLine(text, object) ? lines.map((line) => line.trim()).join(' ') : lines.join(`${lineEnd(text)}${indent}`);
}

function remove(text: string, path: readonly string[]): string {
  const root = tree(text);
  const property = findNodeAtLocation(root, [...path])?.parent;
  const object = property?.parent;
  if (property === undefined || object === undefined) return text;
  const before = text.slice(0, property.offset).trimEnd().length;
  const after = commaBetween(text, endOf(property), endOf(object) - 1);
  if (after !== undefined) return emptied(splice(text, before, after + 1, ''), path);
  const siblings = object.children ?? [];
  const previous = siblings[siblings.indexOf(property) - 1];
  const cut = splice(text, before, endOf(property), '');
  if (previous === undefined) return emptied(cut, path);
  const comma = commaBetween(text, endOf(previous), property.offset);
  return comma === undefined ? cut : splice(cut, comma, comma + 1, '');
}

/** `{}` in place of an object that has only spaces left. */
function emptied(text: string, path: readonly string[]): string {
  const object = findNodeAtLocation(tree(text), path.slice(0, -1));
  if (object === undefined) return text;
  const [start, end] = [object.offset + 1, endOf(object) - 1];
  return text.slice(start, end).trim() === '' ? splice(text, start, end, '') : text;
}

/** Where the comma between two places is. Comments have commas, too; therefore the scanner looks for it. */
function commaBetween(text: string, start: number, end: number): number | undefined {
  const scanner = createScanner(text.slice(start, end));
  for (let kind = scanner.scan(); kind !== kinds.end; kind = scanner.scan()) {
    if (kind === kinds.comma) return start + scanner.getTokenOffset();
  }
  return undefined;
}

/** Whether the closing brace is on the line of the last entry. */
function isOneLine(text: string, object: Node): boolean {
  const last = object.children?.at(-1);
  return last !== undefined && !text.slice(endOf(last), endOf(object)).includes('\n');
}

/** One step of indentation, as the file has it. */
function unit(text: string, root: Node): string {
  const first = root.children?.[0];
  const indent = first !== undefined && beginsLine(text, first.offset) ? indentOf(text, first.offset) : '';
  return indent === '' ? '  ' : indent;
}

function indentOf(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function beginsLine(text: string, offset: number): boolean {
  return (
    text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '' && text.slice(0, offset).includes('\n')
  );
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function splice(text: string, start: number, end: number, inner: string): string {
  return text.slice(0, start) + inner + text.slice(end);
}
