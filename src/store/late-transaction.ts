import type pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import type { Held } from './held.ts';
import type { Beginning } from './session.ts';
import type { Params, Row, Statement } from './statement.ts';
import { flush } from './statements/flush.ts';
import {
  type CallOptions,
  type Operation,
  type Rows,
  type Run,
  type StatementRunner,
  type Step,
  settleInOrder,
  step,
  type Watcher,
} from './steps.ts';

export interface LateTransactionParts {
  /** Where reads go before the first write. */
  outside: StatementRunner;
  hold(): Promise<Held>;
  begin: Beginning;
  /** Run before the first write, in its round trip: where one of them fails, so does the write. */
  first: readonly Step[];
  watcher: Watcher | undefined;
  signal: AbortSignal | undefined;
}

/** What a write changed, as its watcher saw it. */
export interface Seen {
  operation: Operation;
  rows: unknown[];
}

/**
 * One transaction for all that is written by way of it. It begins with the first write: what a call looks up and takes
 * before (numbers above all, from another connection) is done while it holds no connection and no lock.
 */
export class LateTransaction implements StatementRunner {
  readonly #parts: LateTransactionParts;
  readonly #seen: Seen[] = [];
  #holding: Promise<Held> | undefined;
  #held: Held | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #failures = new WeakSet<object>();
  #commitSent = false;
  #isFlushedAfter = false;
  #rows = 0;
  #ended = false;

  constructor(parts: LateTransactionParts) {
    this.#parts = parts;
  }

  /** As many as were written, for the statistics. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether the transaction may be there although no answer to its commit came. */
  get isCommitSent(): boolean {
    return this.#commitSent;
  }

  /** Whether it is the database's, and not of those who work with it. */
  isOwnFailure(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#failures.has(error);
  }

  async read<S extends Statement>(statement: S, params: Params<S>, options?: CallOptions): Promise<Row<S>[]> {
    if (this.#held === undefined) return this.#parts.outside.read(statement, params, options);
    const [rows] = await this.#send(this.#held, [step(statement, params)] as const);
    return rows as Row<S>[];
  }

  /** Once the transaction has begun each of the steps sees what was committed before it began, and what is written here. */
  async snapshot<const T extends readonly Step[]>(steps: T, options?: CallOptions): Promise<Rows<T>> {
    if (this.#held === undefined) return this.#parts.outside.snapshot(steps, options);
    return this.#send(this.#held, steps);
  }

  async change<S extends Statement>(operation: Operation, statement: S, params: Params<S>): Promise<Row<S>[]> {
    const [changed] = await this.#change(operation, [step(statement, params)]);
    return changed as Row<S>[];
  }

  async changeThenRead<S extends Statement, R extends Statement>(
    operation: Operation,
    change: Step<S>,
    read: Step<R>,
  ): Promise<{ changed: Row<S>[]; read: Row<R>[] }> {
    const [changed, rows] = await this.#change(operation, [change, read]);
    return { changed: changed as Row<S>[], read: rows as Row<R>[] };
  }

  #change(operation: Operation, steps: readonly Step[]): Promise<unknown[][]> {
    return this.#inTurn(async (held, begun) => {
      const look = this.#lookAfter(operation);
      const start = [...begun, held.query('savepoint change')];
      const ends = [...queriesOf(held, [...steps, ...look]), held.query('release savepoint change')];
      const rows = (await this.#settle([...start, ...ends])).slice(start.length, -1).map((answer) => answer.rows);
      if (look.length > 0) this.#seen.push({ operation, rows: rows.pop() ?? [] });
      this.#isFlushedAfter ||= steps.some(({ statement }) => statement.isFlushedAfter === true);
      return rows;
    });
  }

  async writeIdempotent<S extends Statement>(statement: S, params: Params<S>): Promise<Row<S>[]> {
    return this.#inTurn(async (held, begun) => {
      const start = [...begun, held.query('savepoint change')];
      const answers = await this.#settle([...start, ...queriesOf(held, [step(statement, params)])]);
      return answers.at(-1)?.rows as Row<S>[];
    });
  }

  async transaction<T>(operation: Operation, body: (run: Run) => Promise<T>): Promise<T> {
    return this.#inTurn(async (held, begun) => {
      await this.#settle([...begun, held.query('savepoint change')]);
      const result = await body((steps) => this.#send(this.#held as Held, steps));
      held.sendTogether();
      const look = this.#lookAfter(operation);
      const ends = [...queriesOf(held, look), held.query('release savepoint change')];
      const [seen] = await this.#settle(ends);
      if (look.length > 0) this.#seen.push({ operation, rows: seen?.rows ?? [] });
      return result;
    });
  }

  /** Ends with `last` and the commit, in one round trip; gives back what the writes changed. */
  async commit(last: readonly Step[]): Promise<Seen[]> {
    await this.#inTurn(async (held, begun) => {
      const queries = [...begun, ...queriesOf(held, last)];
      this.#commitSent = true;
      const committed = held.query('commit');
      const flushed = this.#isFlushedAfter ? queriesOf(held, [step(flush, {})]) : [];
      const answers = await this.#settle([...queries, committed, ...flushed]);
      this.#ended = true;
      // what answers a commit after a failure that somebody put up with is a rollback
      if (answers[queries.length]?.command !== 'COMMIT')
        throw new TypeError('a transaction was to go on after a failure in it');
    });
    return this.#seen;
  }

  /** Gives the connection back, without what was not committed. */
  async end(): Promise<void> {
    const held = await this.#holding?.catch(() => undefined);
    this.#holding = undefined;
    if (held === undefined) return;
    // a server that keeps silent would not answer this either
    if (!this.#ended && !held.isLost()) await held.query('rollback').catch((error) => held.failure(error));
    held.release();
  }

  /** One write after the other: each has a savepoint, so that one that fails leaves nothing behind, and the others stay. */
  #inTurn<T>(work: (held: Held, begun: Promise<pg.QueryResult>[]) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      const held = await this.#hold();
      this.#refuseIfAborted();
      held.sendTogether();
      const begun = this.#held === undefined ? this.#begin(held) : [];
      try {
        return await work(held, begun);
      } catch (error) {
        // where there is no such savepoint, the transaction itself has failed, and nothing goes on
        const undo = 'rollback to savepoint change';
        if (!this.#commitSent && !held.isLost()) await held.query(undo).catch(() => {});
        throw error;
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  #begin(held: Held): Promise<pg.QueryResult>[] {
    this.#held = held;
    const begun = [held.begin(this.#parts.begin), ...queriesOf(held, this.#parts.first)];
    for (const each of begun) each.catch(() => {}); // whoever waits for them is told
    return begun;
  }

  async #send<const T extends readonly Step[]>(held: Held, steps: T): Promise<Rows<T>> {
    this.#refuseIfAborted();
    held.sendTogether();
    const answers = await this.#settle(queriesOf(held, steps));
    return answers.map((answer) => answer.rows) as Rows<T>;
  }

  async #hold(): Promise<Held> {
    this.#holding ??= this.#parts.hold();
    try {
      return await this.#holding;
    } catch (error) {
      throw this.#own(error);
    }
  }

  async #settle(queries: Promise<pg.QueryResult>[]): Promise<pg.QueryResult[]> {
    try {
      return await settleInOrder(queries);
    } catch (error) {
      throw this.#own(this.#held?.failure(error));
    }
  }

  #own(failure: unknown): unknown {
    if (typeof failure === 'object' && failure !== null) this.#failures.add(failure);
    return failure;
  }

  #refuseIfAborted(): void {
    if (!this.#parts.signal?.aborted) return;
    throw new GoalAgentError('cancelled', 'The call was cancelled; nothing was changed.');
  }

  #lookAfter(operation: Operation): Step[] {
    this.#rows += operation.rows ?? 1;
    return this.#parts.watcher === undefined ? [] : [this.#parts.watcher.look(operation)];
  }
}

function queriesOf(held: Held, steps: readonly Step[]): Promise<pg.QueryResult>[] {
  return steps.map((each) => held.query(each));
}
