import Papa from 'papaparse';
import type { SourceFile } from './plan.ts';
import { brokenFile, notOfTool } from './read-json.ts';

export interface TableRow {
  /** The line of the file in which the row begins. */
  line: number;
  cells: string[];
}

/**
 * The rows of a CSV file, whose cells are parted by commas, semicolons or tabs, whichever its first line has most of.
 *
 * @throws GoalAgentError `invalid`, with line and column.
 */
export function readTable({ path, text }: SourceFile): { header: string[]; rows: TableRow[] } {
  const rows: TableRow[] = [];
  let [line, read] = [1, 0];
  Papa.parse<string[]>(text, {
    delimiter: delimiterOf(text),
    step: ({ data, errors: [error], meta: { cursor } }) => {
      if (error !== undefined) throw brokenFile(path, placeOf(text, error, read), whatIsWrong(error));
      rows.push({ line, cells: data });
      line += breaksIn(text, read, cursor);
      read = cursor;
    },
  });
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [header, ...rest] = filled;
  if (header === undefined) throw notOfTool(path, 'tasks', 'it is empty');
  return { header: header.cells, rows: rest };
}

function delimiterOf(text: string): string {
  const first = /^.*$/m.exec(text.replaceAll(/"[^"]*"/g, ''))?.[0] ?? '';
  const count = (sign: string) => first.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function whatIsWrong({ code, message }: Papa.ParseError): string {
  if (code === 'MissingQuotes') return 'this cell has no closing quote';
  return code === 'InvalidQuotes' ? 'a quote in this cell is not doubled' : message;
}

/** Of a quote that is not closed the parser tells the place behind it. */
function placeOf(text: string, error: Papa.ParseError, read: number): { line: number; column: number } {
  const index = (error.index ?? read) - (error.code === 'MissingQuotes' ? 1 : 0);
  const before = text.slice(0, index);
  return { line: breaksIn(text, 0, index) + 1, column: index - before.lastIndexOf('\n') };
}

function breaksIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
