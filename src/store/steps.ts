import type pg from 'pg';
import type { Params, Row, Statement } from './statement.ts';

/** One statement of a transaction, with its parameters. */
export interface Step<S extends Statement = Statement> {
  statement: S;
  params: Record<string, unknown>;
}

export function step<S extends Statement>(statement: S, params: Params<S>): Step<S> {
  return { statement, params: params as Record<string, unknown> };
}

/** The rows of each step, in order. */
export type Rows<T extends readonly Step[]> = {
  -readonly [K in keyof T]: T[K] extends Step<infer S> ? Row<S>[] : never;
};

/** Runs statements of a transaction that is open, in order; gives back the rows of each. */
export type Run = <const S extends readonly Step[]>(steps: S) => Promise<Rows<S>>;

/** The events that a write is known by: the first number of its operation, and how many from there are its own, if more. */
export interface Operation {
  workspaceId: number;
  seq: number;
  events?: number | undefined;
  /** Tasks that it changes without an event of theirs. */
  unrecordedTaskIds?: string[] | undefined;
}

/** Learns what every write changed, before the write's caller does. */
export interface Watcher {
  /** Run at the end of each write, in its transaction and without a round trip of its own. */
  look(operation: Operation): Step;
  /** Of a write that was committed: the rows of its `look`. */
  changed(operation: Operation, rows: unknown[]): Promise<void>;
  /** Of a write that may have been committed. */
  unknown(): Promise<void>;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

/** What the service's functions run their statements on: a pool, or one transaction of it. `Database` says what each does. */
export interface StatementRunner {
  read<S extends Statement>(statement: S, params: Params<S>, options?: CallOptions): Promise<Row<S>[]>;
  snapshot<const T extends readonly Step[]>(steps: T, options?: CallOptions): Promise<Rows<T>>;
  write<const T extends readonly Step[]>(operation: Operation, steps: T, options?: CallOptions): Promise<Rows<T>>;
  writeIdempotent<S extends Statement>(statement: S, params: Params<S>): Promise<Row<S>[]>;
  transaction<T>(operation: Operation, body: (run: Run) => Promise<T>, options?: CallOptions): Promise<T>;
}

/** Waits for all, and throws the first failure: what follows it in a transaction fails only because of it. */
export async function settleInOrder(queries: Promise<pg.QueryResult>[]): Promise<pg.QueryResult[]> {
  const settled = await Promise.allSettled(queries);
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
  return settled.map((each) => (each as PromiseFulfilledResult<pg.QueryResult>).value);
}
