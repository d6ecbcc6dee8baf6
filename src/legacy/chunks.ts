/** The rows in order, as many at a time as one statement writes. */
export function* chunks<T>(rows: readonly T[], size: number): Iterable<T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
