/** Of these the planner is to know how large they are. */
const analyze = 'analyze (skip_locked) goals, tasks, task_dependencies, events, notes';
/** Rows written by this process before the planner is told of them; each next time it is told after four times as many. */
const firstRows = 100;
const growth = 4;

/**
 * Keeps the planner's idea of the tables from being that of empty ones. On an empty table each index seems as good as
 * the next, a plan that is made then is kept, and autovacuum looks only a minute later: until then a batch of ten among
 * 2,000 tasks took 36 ms, with a whole workspace read for each row, and 11 ms after that.
 */
export class Statistics {
  readonly #run: (sql: string) => Promise<unknown>;
  #rows = 0;
  #next = firstRows;

  /** `run` takes SQL that is no part of anything else. A role that may not analyze gets a warning, and nothing happens. */
  constructor(run: (sql: string) => Promise<unknown>) {
    this.#run = run;
  }

  /** Told of rows that were written. Nobody waits for what it does. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#rows < this.#next) return;
    this.#next = this.#rows * growth;
    this.refresh().catch(() => {}); // autovacuum will do it
  }

  async refresh(): Promise<void> {
    await this.#run(analyze);
  }
}
