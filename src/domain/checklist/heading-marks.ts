/** The heading of a goal: its text, and what stands behind that. */
export interface Heading {
  text: string;
  /** The name by which other headings know the goal. */
  key?: string;
  /** The key of the goal that it is a part of. */
  under?: string;
}

/*
 * The marks, in any order behind some text: {#key} under: key. A backslash in a mark makes it plain text: `\{#key}`,
 * `under\: key`. Nothing else in a heading is escaped.
 */
const key = /^(.*\S)\s+\{#([^\s{},:]+)\}$/;
const under = /^(.*\S)\s+under:\s*([^\s{},:]+)$/i;

const plainKey = /((?:^|\s)\\*)(\{#[^\s{},:]+\}$)/;
const plainUnder = /((?:^|\s)under\\*)(:\s*[^\s{},:]+$)/i;
const escapedKey = /((?:^|\s)\\*)\\(\{#[^\s{},:]+\}$)/;
const escapedUnder = /((?:^|\s)under\\*)\\(:\s*[^\s{},:]+$)/i;

/** Takes the marks off the end of a heading. A mark that is there twice counts once, the last. */
export function readHeading(heading: string): Heading {
  const marks: Omit<Heading, 'text'> = {};
  let text = heading.trim();
  for (;;) {
    const byKey = marks.key === undefined ? key.exec(text) : null;
    const byUnder = marks.under === undefined ? under.exec(text) : null;
    const [, before, value] = byKey ?? byUnder ?? [];
    if (before === undefined || value === undefined) break;
    marks[byKey === null ? 'under' : 'key'] = value;
    text = before;
  }
  return { ...marks, text: text.replace(escapedKey, '$1$2').replace(escapedUnder, '$1$2') };
}

/** A heading that reads back as this one: nothing in its text is a mark. */
export function formatHeading({ text, ...marks }: Heading): string {
  return [
    text.replace(plainKey, '$1\\$2').replace(plainUnder, '$1\\$2'),
    ...(marks.key === undefined ? [] : [`{#${marks.key}}`]),
    ...(marks.under === undefined ? [] : [`under: ${marks.under}`]),
  ].join(' ');
}
