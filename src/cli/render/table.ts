import type { Look, Paint } from './look.ts';
import { cells, cut, padEnd } from './text.ts';

/** One cell; a text alone has no colour. */
export type Cell = string | { text: string; paint: Paint };

export interface Column {
  /** Numbers are read from the right. */
  align?: 'right';
  /** Takes the room that the others leave, and is cut where that is not enough. One column of a table. */
  flex?: true;
  /** Is there at every width. The others are dropped where there is no room, the rightmost first. */
  keep?: true;
  /** Blanks before it. */
  gap?: 1;
}

/** Less than this of a text says nothing: a column is dropped for it. */
const leastText = 16;
/** Below so many columns the table has no margin, and one blank between its columns. */
const narrow = 32;
/** In a file, a text pads the others' rows to no more than this. */
const mostPadded = 60;

/** Rows of cells under each other, as wide as the terminal; in a file they have no margin. An ID is never cut. */
export function table(rows: Cell[][], columns: Column[], look: Look): string[] {
  const isNarrow = look.width < narrow;
  const margin = isNarrow || look.width === Number.POSITIVE_INFINITY ? '' : '  ';
  const natural = columns.map((_, place) => Math.max(0, ...rows.map((row) => cells(textOf(row[place])))));
  const gapOf = (place: number) => (isNarrow ? 1 : (columns[place]?.gap ?? 2));
  let shown = columns.map((_, place) => place).filter((place) => (natural[place] ?? 0) > 0);
  const flex = columns.findIndex((column) => column.flex);
  const roomOf = () =>
    shown.reduce(
      (left, place, index) => left - (index === 0 ? 0 : gapOf(place)) - (place === flex ? 0 : (natural[place] ?? 0)),
      look.width - margin.length,
    );
  const wanted = Math.min(natural[flex] ?? 0, leastText);
  while (roomOf() < wanted) {
    const dropped = shown.findLast((place) => place !== flex && !columns[place]?.keep);
    if (dropped === undefined) break;
    shown = shown.filter((place) => place !== dropped);
  }
  if (roomOf() < Math.min(4, wanted)) shown = shown.filter((place) => place !== flex);
  const room = Math.min(natural[flex] ?? 0, roomOf());
  const widths = natural.map((width, place) => (place === flex ? room : width));
  if (look.width === Number.POSITIVE_INFINITY && flex !== -1) widths[flex] = Math.min(room, mostPadded);
  return rows.map((row) => {
    const parts = shown.map((place, index) => {
      const gap = index === 0 ? '' : ' '.repeat(gapOf(place));
      const text = place === flex ? cut(textOf(row[place]), room, look) : textOf(row[place]);
      return gap + aligned(painted(row[place], text), text, { width: widths[place] ?? 0, ...columns[place] });
    });
    return `${margin}${parts.join('')}`.trimEnd();
  });
}

function aligned(shown: string, text: string, { width, align }: { width: number; align?: 'right' }): string {
  const blanks = padEnd('', width - cells(text));
  return align === 'right' ? blanks + shown : shown + blanks;
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : (cell?.text ?? '');
}

function painted(cell: Cell | undefined, text: string): string {
  return cell === undefined || typeof cell === 'string' || text === '' ? text : cell.paint(text);
}
