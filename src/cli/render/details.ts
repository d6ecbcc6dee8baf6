import type { Note } from '../../domain/note.ts';
import { longestName, named } from '../../domain/stored-text.ts';
import type { Look } from './look.ts';
import { cells, padEnd, wrapped } from './text.ts';
import { age } from './time.ts';

const nameWidth = 12;
const leastValue = 24;

/** `name  value` under each other; long values go on below their start. Values without a text are left out. */
export function facts(rows: [name: string, value: string | undefined][], look: Look): string[] {
  return rows.flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    const { muted } = look.colours;
    // where a value has no room beside its name, it stands below it
    if (look.width < nameWidth + 2 + Math.min(cells(value), leastValue))
      return [`  ${muted(name)}`, ...wrapped(value, look, '    ')];
    const indent = ' '.repeat(nameWidth + 2);
    const [first = '', ...rest] = wrapped(value, look, indent);
    return [`  ${muted(padEnd(name, nameWidth))}${first.slice(indent.length)}`, ...rest];
  });
}

/** Parts of a heading beside each other, as far as there is room, and then below. */
export function heading(parts: string[], look: Look): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const beside = lines.length === 0 ? undefined : `${lines.at(-1)}  ${part}`;
    if (beside !== undefined && cells(beside) <= look.width) lines[lines.length - 1] = beside;
    else lines.push(`  ${part}`);
  }
  return lines;
}

/** The newest notes, each with who wrote it and when. */
export function notesLines(
  { notes = [], notes_count }: { notes?: Note[]; notes_count?: number },
  look: Look,
): string[] {
  if (notes.length === 0) return [];
  const { colours, signs } = look;
  const more = (notes_count ?? notes.length) - notes.length;
  return [
    '',
    `  ${colours.strong('Notes')}`,
    ...notes.flatMap((note) => [
      `  ${named(note.actor, longestName)}${colours.muted(`, ${ago(note.created_at)}${note.task_id === null ? '' : `, on ${note.task_id}`}`)}`,
      ...wrapped(note.text, look, '    '),
    ]),
    ...(more > 0 ? [colours.muted(`  ${signs.ellipsis} and ${more} more`)] : []),
  ];
}

/** `3 d ago`, `just now`. */
export function ago(at: string): string {
  const text = age(at);
  return text === 'now' ? 'just now' : `${text} ago`;
}

/** Warnings of a tool, as lines. */
export function warningLines(warnings: string[] | undefined, look: Look): string[] {
  return (warnings ?? []).flatMap((warning) => wrapped(warning, look).map(look.colours.warning));
}
