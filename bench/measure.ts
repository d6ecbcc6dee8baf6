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

/** What many did at once: how long each run took, and all of them. */
export class Figures {
  readonly times: number[] = [];
  elapsedMs = 0;

  /** Lets all workers share out so many runs, each one right after another. `run` says how long it took, in milliseconds. */
  async add<T>(workers: readonly T[], runs: number, run: (worker: T) => Promise<number>): Promise<void> {
    let left = runs;
    const start = performance.now();
    await Promise.all(
      workers.map(async (worker) => {
        while (left-- > 0) this.times.push(await run(worker));
      }),
    );
    this.elapsedMs += performance.now() - start;
  }

  row(): [perSecond: number, p50: number, p99: number] {
    const sorted = this.times.toSorted((a, b) => a - b);
    return [sorted.length / (this.elapsedMs / 1000), median(sorted), quantile(sorted, 0.99)];
  }

  /** The row as a table shows it. */
  cells(): [perSecond: string, p50: number, p99: number] {
    const [perSecond, p50, p99] = this.row();
    return [Math.round(perSecond).toString(), p50, p99];
  }
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
