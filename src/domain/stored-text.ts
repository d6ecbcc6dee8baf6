import { writeJson } from './json-text.ts';

// Stored text as it is shown among our own words. It is data: it cannot end the frame that it stands in, and its
// invisible characters are written out.

/**
 * Control characters (escape sequences begin with one), characters that turn the direction of text, end a line, or have no
 * width and no use in any script, and the tags in which a text can hide another. A line break is one too.
 */
const unseen =
  /[\p{Cc}\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** `\u001b` for ESC, as JSON writes it. */
function writtenOut(characters: string): string {
  return Array.from({ length: characters.length }, (_, place) => characters.charCodeAt(place))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

/** Characters of an actor's name in a line. */
export const longestName = 60;

/** The text with its invisible characters written out; its lines and tabs stay. */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(unseen, (character) => (character === '\n' || character === '\t' ? character : writtenOut(character)));
}

/** JSON with the same meaning, with the invisible characters of its texts written out. */
export function visibleJson(json: string): string {
  return json.replaceAll(unseen, writtenOut);
}

/** The JSON of an answer: all numbers exact, and the invisible characters of its texts written out. */
export function answerJson(value: unknown): string {
  return visibleJson(writeJson(value));
}

/** The text in one line, its invisible characters written out, cut to `most` characters. */
export function oneLine(text: string, most: number): string {
  return cut(visible(joined(text)), most);
}

/** The same in quotation marks, which it cannot end: `"use \"SCRAM\""`. */
export function quoted(text: string, most: number): string {
  return `"${cut(visible(joined(text).replaceAll(/["\\]/g, '\\$&')), most)}"`;
}

/** A name or another short value: as it is where it is one word, and otherwise in quotation marks. */
export function named(text: string, most: number): string {
  return text.length <= most && /^[\p{L}\p{M}\p{N}._@:+/#-]+$/u.test(text) ? text : quoted(text, most);
}

/** JSON in one line. Cut JSON stands in quotation marks, as a text does; therefore no text in it is left open. */
export function quotedJson(json: string, most: number): string {
  const line = visible(json);
  if (line.length <= most) return line;
  if (!line.startsWith('"')) return quoted(json, most);
  // no backslash may be the last: the quotation mark would belong to it
  const [whole] = /^(?:\\.|[^\\])*/u.exec(line.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')) ?? [''];
  return `${whole}…"`;
}

/** White space of any length and kind is one blank. */
function joined(text: string): string {
  return text.replaceAll(/(?:(?!\ufeff)\s)+/g, ' ').trim();
}

function cut(line: string, most: number): string {
  return line.length > most ? `${line.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
}
