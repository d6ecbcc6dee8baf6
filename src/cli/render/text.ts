import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { visible } from '../../domain/stored-text.ts';
import type { Look } from './look.ts';

const graphemes = new Intl.Segmenter();

/** Cells that a text takes on a terminal: two for most Chinese, Japanese and Korean characters. */
export function cells(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/** The start of a text that takes at most `room` cells, with an ellipsis; the text itself where it fits. */
export function cut(text: string, room: number, { signs }: Pick<Look, 'signs'>): string {
  if (cells(text) <= room) return text;
  const mark = cells(signs.ellipsis) < room ? signs.ellipsis : '';
  let [start, left] = ['', room - cells(mark)];
  for (const { segment } of graphemes.segment(text)) {
    left -= cells(segment);
    if (left < 0) break;
    start += segment;
  }
  return `${start.trimEnd()}${mark}`;
}

export function padEnd(text: string, room: number): string {
  return `${text}${' '.repeat(Math.max(0, room - cells(text)))}`;
}

/** Lines of a stored text, each at most as wide as the terminal, with `indent` in front. */
export function wrapped(text: string, { width }: Pick<Look, 'width'>, indent = '  '): string[] {
  const room = Math.max(8, width - indent.length);
  const shown = visible(text).replaceAll('\t', '    ');
  const lines = width === Number.POSITIVE_INFINITY ? shown : wrapAnsi(shown, room, { hard: true, trim: false });
  return lines.split('\n').map((line) => `${indent}${line}`.trimEnd());
}

/** `2 goals`, `1 task`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
