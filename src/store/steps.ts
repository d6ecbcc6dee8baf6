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

/** What a change is known by, whatever becomes of its answer. */
export interface Operation {
  workspaceId: number;
  /** Made before it is sent. */
  id: string;
  /** Rows that it may write, for the statistics; one when left out. */
  rows?: number | undefined;
  /** Tasks that it changes without an event of theirs. */
  unrecordedTaskIds?: string[] | undefined;
}

/** Learns what every write changed, before the write's caller does. */
export interface Watcher {
  /** Run after each write, in its round trip. */
  look(operation: Operation): Step;
  /** Of a write that was committed: the rows of its `look`. */
  changed(operation: Operation, rows: unknown[]): Promise<void>;
  /** Of a write that may have been committed. */
  unknown(): Promise<void>;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** The transaction may wait for its program for long between its steps: an import, which nobody waits for. */
  isPatient?: boolean;
}

/** What the service's functions run their statements on: a pool, or one transaction of it. `Database` says what each does. */
export interface StatementRunner {
  read<S extends Statement>(statement: S, params: Params<S>, options?: CallOptions): Promise<Row<S>[]>;
  snapshot<const T extends readonly Step[]>(steps: T, options?: CallOptions): Promise<Rows<T>>;
  change<S extends Statement>(
    operation: Operation,
    statement: S,
    params: Params<S>,
    options?: CallOptions,
  ): Promise<Row<S>[]>;
  writeIdempotent<S extends Statement>(statement: S, params: Params<S>): Promise<Row<S>[]>;
  changeThenRead<S extends Statement, R extends Statement>(
    operation: Operation,
    change: Step<S>,
    read: Step<R>,
    options?: CallOptions,
  ): Promise<{ changed: Row<S>[]; read: Row<R>[] }>;
  transaction<T>(operation: Operation, body: (run: Run) => Promise<T>, options?: CallOptions): Promise<T>;
}

/** Waits for all, and throws the first failure: what follows it in a transaction fails only because of it. */
export async function settleInOrder(queries: Promise<pg.QueryResult>[]): Promise<pg.QueryResult[]> {
  const settled = await Promise.allSettled(queries);
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
  return settled.map((each) => (each as PromiseFulfilledResult<pg.QueryResult>).value);
}
