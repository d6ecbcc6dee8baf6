/** Runs something again and again, and gives back how long each run took, in milliseconds, sorted. */
export async function measure(runs: number, body: (run: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await body(run);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (sorted: readonly number[]): number => quantile(sorted, 0.5);

export function ms(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** A table whose columns line up; the first is text. */
export function table(rows: (string | number)[][], print: (line: string) => void): void {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? ms(cell) : cell)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    print(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    );
  }
}
