import { type Marks, readCriterionLine, readMarks, unescaped } from './marks.ts';

/** One item of a list, with the items that stand below it. */
export interface Item extends Marks {
  /** Its line in the text, from 1. */
  line: number;
  completed: boolean;
  /** Whether it stands in a list with numbers, whose items follow each other. */
  numbered: boolean;
  children: Item[];
  /** Items that say when this one is done. */
  criteria: Item[];
}

export interface Problem {
  /** The line of the text, from 1. */
  line: number;
  message: string;
}

interface Open {
  item: Item;
  /** Columns before its bullet. */
  indent: number;
  /** Columns before its text, where a further line of the item begins. */
  content: number;
  /** Empty lines since its last line with text. */
  gap: number;
}

const bullet = /^( *)(?:[-*+]|(\d{1,9})[.)]) +(?:\[([ xX])\] +)?(?=\S)/;
const tabWidth = 4;

/** The items of a Markdown text as a forest, and what in it is no list. Headings are passed over. */
export function readItems(text: string): { roots: Item[]; problems: Problem[] } {
  const roots: Item[] = [];
  const problems: Problem[] = [];
  const open: Open[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const line = withoutTabs(raw).trimEnd();
    const last = open.at(-1);
    const found = bullet.exec(line);
    if (line === '') {
      if (last !== undefined) last.gap += 1;
    } else if (found !== null) {
      addItem({ roots, open, found, line, number: index + 1 });
    } else if (last !== undefined && indentOf(line) > last.indent) {
      addLine(last, line);
    } else {
      open.length = 0;
      if (!/^#{1,6}(?: |$)/.test(line)) problems.push({ line: index + 1, message: notInList });
    }
  });
  return { roots, problems };
}

const notInList = 'is no item of a list and was left out; begin it with "- "';

interface NewItem {
  roots: Item[];
  open: Open[];
  found: RegExpExecArray;
  line: string;
  number: number;
}

function addItem({ roots, open, found, line, number }: NewItem): void {
  const [prefix, spaces = '', digits, box] = found;
  const indent = spaces.length;
  while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
  const above = open.at(-1)?.item;
  const text = line.slice(prefix.length);
  const criterion = above === undefined ? undefined : readCriterionLine(text);
  const item: Item = {
    ...(criterion === undefined ? readMarks(text) : { text: criterion, after: [] }),
    line: number,
    completed: box?.toLowerCase() === 'x',
    numbered: digits !== undefined,
    children: [],
    criteria: [],
  };
  if (above === undefined) roots.push(item);
  else if (criterion === undefined) above.children.push(item);
  else above.criteria.push(item);
  open.push({ item, indent, content: indent + 2, gap: 0 });
}

function addLine(open: Open, line: string): void {
  const cut = Math.min(indentOf(line), open.content);
  open.item.text += `${'\n'.repeat(open.gap + 1)}${unescaped(line.slice(cut))}`;
  open.gap = 0;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function withoutTabs(line: string): string {
  return line.replace(/^[ \t]+/, (spaces) => spaces.replaceAll('\t', ' '.repeat(tabWidth)));
}
