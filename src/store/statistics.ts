const tables = [
  'goals',
  'goal_repos',
  'goal_labels',
  'tasks',
  'task_labels',
  'task_dependencies',
  'operations',
  'events',
  'claims',
  'notes',
  'goal_words',
  'task_words',
  'note_words',
];
/** Rows written by this process before it looks; each next time it looks after as many times more. */
const firstRows = 100;
const growth = 4;

/** Those that the planner knows nothing of, or knew when they were a quarter of what they are: who looks second finds none. */
const outgrown = `
  select c.relname as name
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relname in ('${tables.join("', '")}')
    and pg_relation_size(c.oid) > case when c.reltuples < 0 then 0 else ${growth} * greatest(c.relpages, 1)::int8 end
      * current_setting('block_size')::int8`;

type Run = (sql: string) => Promise<{ rows: { name: string }[] }>;

/**
 * Keeps the planner's idea of the tables from being that of empty ones. On an empty table each index seems as good as
 * the next, a plan that is made then is kept, and autovacuum looks only a minute later: until then a batch of ten among
 * 2,000 tasks took 36 ms, with a whole workspace read for each row, and 11 ms after that.
 */
export class Statistics {
  readonly #run: Run;
  #rows = 0;
  #next = firstRows;
  #looking: Promise<void> | undefined;

  /** `run` takes SQL that is no part of anything else. A role that may not analyze gets a warning, and nothing happens. */
  constructor(run: Run) {
    this.#run = run;
  }

  /** Told of rows that were written. Nobody waits for what it does. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#rows < this.#next) return;
    this.#next = this.#rows * growth;
    void this.refresh();
  }

  /** Looks now, or waits for a look that is under way. What fails here autovacuum does later. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { rows } = await this.#run(outgrown);
    // two at once, since tasks take about as long as all others together
    const parts = [rows.filter(({ name }) => name === 'tasks'), rows.filter(({ name }) => name !== 'tasks')];
    await Promise.allSettled(parts.map((part) => this.#analyze(part.map(({ name }) => name))));
  }

  async #analyze(names: string[]): Promise<void> {
    if (names.length > 0) await this.#run(`analyze (skip_locked) ${names.join(', ')}`);
  }
}
