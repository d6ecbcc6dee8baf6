import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';
import { visible } from '../../domain/stored-text.ts';
import type { Look } from './look.ts';

// These two libraries measure in a few milliseconds. string-width takes 110 ms for its first text that is not ASCII.

/** Cells that a text takes on a terminal: two for most Chinese, Japanese and Korean characters. */
export function cells(text: string): number {
  return stringWidth(text);
}

/** The start of a text that takes at most `room` cells, with an ellipsis; the text itself where it fits. */
export function cut(text: string, room: number, { signs }: Pick<Look, 'signs'>): string {
  if (cells(text) <= room) return text;
  const ellipsis = cells(signs.ellipsis) < room ? signs.ellipsis : '';
  return `${startOf(text, room - cells(ellipsis)).trimEnd()}${ellipsis}`;
}

let segmenter: Intl.Segmenter | undefined;

/** No character is cut in its middle. */
function startOf(text: string, room: number): string {
  const ascii = /^[\x20-\x7e]*/.exec(text)?.[0] ?? '';
  if (ascii.length >= room) return text.slice(0, room);
  // it takes 20 ms to be made, and most texts need none
  segmenter ??= new Intl.Segmenter();
  let [start, left] = [ascii, room - ascii.length];
  for (const { segment } of segmenter.segment(text.slice(ascii.length))) {
    left -= cells(segment);
    if (left < 0) break;
    start += segment;
  }
  return start;
}

export function padEnd(text: string, room: number): string {
  return `${text}${' '.repeat(Math.max(0, room - cells(text)))}`;
}

/** Lines of a stored text, each at most as wide as the terminal, with `indent` in front. */
export function wrapped(text: string, { width }: Pick<Look, 'width'>, indent = '  '): string[] {
  const room = Math.max(8, width - cells(indent));
  const lines = visible(text).replaceAll('\t', '    ').split('\n');
  return lines.flatMap((line) => wrappedLine(line, room)).map((line) => `${indent}${line}`.trimEnd());
}

/** Further lines of an indented line are indented like it. */
function wrappedLine(line: string, room: number): string[] {
  if (cells(line) <= room) return [line];
  const text = line.trimStart();
  const margin = line.slice(0, Math.min(line.length - text.length, Math.floor(room / 2)));
  return wrapAnsi(text, room - margin.length, { hard: true })
    .split('\n')
    .map((part) => `${margin}${part}`);
}

/**
 * Lines of a sentence that end at words. A word that is wider than a line stays whole: it is a path, a command or a secret,
 * which a person may copy.
 */
export function atWords(sentence: string, width: number): string[] {
  return sentence.split('\n').flatMap((line) => {
    if (cells(line) <= width) return [line];
    const text = line.trimStart();
    const margin = line.slice(0, line.length - text.length);
    const room = Math.max(8, width - margin.length);
    return wrapAnsi(text, room)
      .split('\n')
      .map((part) => `${margin}${part}`);
  });
}

/** `2 goals`, `1 task`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
