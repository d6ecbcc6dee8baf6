import { parseEffort } from '../effort.ts';
import type { Priority } from '../priority.ts';

/** What stands at the end of an item's first line, beside its text. */
export interface Marks {
  text: string;
  key?: string;
  estimated_effort?: string;
  priority?: Priority;
  /** Keys, and IDs of tasks that exist. */
  after: string[];
}

/*
 * The marks, each at the end of the line: (4h) !high {#key} after: key, TASK-0001. A backslash before a mark's sign makes
 * it plain text, as everywhere in Markdown.
 */
const effort = /(^|\s)\(([^()]*)\)$/;
const priority = /(^|\s)!(high|medium|low)$/i;
const key = /(^|\s)\{#([^\s{},#][^\s{},]*)\}$/;
const after = /(^|\s)after:\s*([^\s,]+(?:\s*,\s*[^\s,]+)*)$/i;

/** Takes the marks off the end of a line, in whatever order they stand. A mark that is there twice counts once, the last. */
export function readMarks(line: string): Marks {
  const marks: Marks = { text: line.trim(), after: [] };
  while (takeOne(marks)) {}
  return { ...marks, text: unescaped(marks.text) };
}

function takeOne(marks: Marks): boolean {
  const { text } = marks;
  const cut = (found: RegExpExecArray) => {
    marks.text = text.slice(0, found.index).trimEnd();
    return true;
  };
  const byEffort = effort.exec(text);
  if (byEffort?.[2] !== undefined && marks.estimated_effort === undefined && parseEffort(byEffort[2]) !== undefined) {
    marks.estimated_effort = byEffort[2].trim();
    return cut(byEffort);
  }
  const byPriority = priority.exec(text);
  if (byPriority?.[2] !== undefined && marks.priority === undefined) {
    marks.priority = byPriority[2].toLowerCase() as Priority;
    return cut(byPriority);
  }
  const byKey = key.exec(text);
  if (byKey?.[2] !== undefined && marks.key === undefined) {
    marks.key = byKey[2];
    return cut(byKey);
  }
  const byAfter = after.exec(text);
  if (byAfter?.[2] === undefined || marks.after.length > 0) return false;
  marks.after = byAfter[2].split(',').map((each) => each.trim());
  return cut(byAfter);
}

const escapes = /\\([!-/:-@[-`{-~])/g;

/** A line as it was meant: a backslash before a sign is none. */
export function unescaped(text: string): string {
  return text.replace(escapes, '$1');
}

/** A line that reads back as this text, whatever stands in it. */
export function escaped(text: string): string {
  return text.replace(/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\\');
}

/** The first line of an item that reads back as this text: nothing in it is a mark. */
export function escapedFirstLine(text: string): string {
  return escaped(text)
    .replace(/(^|\s)(?=(?:\([^()]*\)|![a-z]+|\{#[^\s{},]*\})$)/i, '$1\\')
    .replace(/^criterion(?=:)/i, '$&\\')
    .replace(/((?:^|\s)after)(?=:\s*[^\s,]+(?:\s*,\s*[^\s,]+)*$)/i, '$1\\');
}

const criterion = /^criterion:(?:\s+(.*))?$/is;

/** The text of a line that is a criterion of the item above it; undefined for any other line. Nothing in it is a mark. */
export function readCriterionLine(line: string): string | undefined {
  const text = criterion.exec(line)?.[1]?.trim();
  return text === undefined || text === '' ? undefined : unescaped(text);
}
