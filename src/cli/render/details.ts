import type { Note } from '../../domain/note.ts';
import { longestName, named } from '../../domain/stored-text.ts';
import type { Look } from './look.ts';
import { padEnd, wrapped } from './text.ts';
import { age } from './time.ts';

const nameWidth = 12;

/** `name  value` under each other; long values go on below their start. Values without a text are left out. */
export function facts(rows: [name: string, value: string | undefined][], look: Look): string[] {
  return rows.flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    const indent = ' '.repeat(look.width < 60 ? 4 : nameWidth + 2);
    const lines = wrapped(value, look, indent);
    if (look.width < 60 && lines.length > 1) return [`  ${look.colours.muted(name)}`, ...lines];
    const [first = '', ...rest] = lines;
    const label = look.colours.muted(padEnd(name, nameWidth));
    return [`  ${label}${first.slice(indent.length)}`, ...rest];
  });
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
