import type { Json } from '../domain/json.ts';
import type { Params, Row, Statement } from './statement.ts';

/** One statement, with its parameters. */
export interface Step<S extends Statement = Statement> {
  readonly statement: S;
  readonly params: Params<S>;
  /** How it runs where others of its kind are to run with it. Without, it runs by itself. */
  readonly shared?: Shared | undefined;
}

/** How steps of one kind, each of its own change, are one statement: docs/decisions/together.md. */
export interface Shared {
  /** Steps of the same kind in the same workspace may be one. */
  readonly kind: string;
  /** What this step is, among the others. */
  readonly entry: { readonly [key: string]: Json };
  /** The statement for several entries. Its rows are those of the steps, each with the `place` of its entry, from 1. */
  together(entries: Shared['entry'][]): Step;
}

export function step<S extends Statement>(statement: S, params: Params<S>): Step<S> {
  return { statement, params };
}

/** Steps by name, in the order in which they run. A step that is undefined is left out. */
export type Steps = Readonly<Record<string, Step | undefined>>;

/** The rows of each step, by its name. A step that is left out has none. */
export type Rows<T extends Steps> = {
  -readonly [K in keyof T]-?: T[K] extends Step<infer S> | undefined ? Row<S>[] : never;
};

/** Runs steps of a transaction that is open. */
export type Run = <T extends Steps>(steps: T) => Promise<Rows<T>>;

/**
 * The work of a transaction whose steps depend on each other's rows. It may run more than once; `isBegun` where the transaction
 * has made the operation already.
 */
export type Body<R> = (run: Run, isBegun: boolean) => Promise<R>;

/** What a change is known by, whatever becomes of its answer. */
export interface Operation {
  workspaceId: number;
  /** Made before it is sent. */
  id: string;
  /** Whose it is. Left out where the change makes no operation. */
  actor?: string | undefined;
  /** Rows that it may write, for the statistics; one when left out. */
  rows?: number | undefined;
  /** Operations that are made with it: the end of others' leases. */
  otherIds?: string[] | undefined;
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

/** What the service's functions run their statements on: all connections, or one transaction of a request. */
export interface StatementRunner {
  /** Runs steps that only read: on one snapshot, in one round trip. */
  read<T extends Steps>(steps: T, options?: CallOptions): Promise<Rows<T>>;
  /**
   * Runs a change. Of steps the first changes, and is a transaction of its own: as a rule a function of the schema. The
   * others look at what it did, in the same round trip. A body is one transaction.
   */
  change<T extends Steps>(operation: Operation, steps: T, options?: CallOptions): Promise<Rows<T>>;
  change<R>(operation: Operation, body: Body<R>, options?: CallOptions): Promise<R>;
}
