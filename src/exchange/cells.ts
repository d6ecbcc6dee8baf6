/**
 * What a spreadsheet would run as a formula. A text that an agent wrote may be one: `=HYPERLINK(…)`. An apostrophe in front
 * makes it text, and is taken off again; one that stood there before gets a second.
 */
const asFormula = /^'*[=+\-@\t\r]/;

/** A cell that no spreadsheet runs. */
export function safeCell(text: string): string {
  return asFormula.test(text) ? `'${text}` : text;
}

/** The text of a cell that `safeCell` may have made. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && asFormula.test(cell) ? cell.slice(1) : cell;
}

/** A list as one cell: as people write it, or as JSON where an entry would be read as two. */
export function listCell(list: readonly string[]): string {
  return list.some((each) => /[,;\n]|^\s|\s$|^\[|^$/.test(each)) ? JSON.stringify(list) : list.join(', ');
}
