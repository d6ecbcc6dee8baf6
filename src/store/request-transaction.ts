import { GoalAgentError } from '../domain/errors.ts';
import type { Held } from './held.ts';
import { inOrder, runOn, toFlush, toWrite } from './sending.ts';
import type { Body, CallOptions, Operation, Rows, StatementRunner, Steps, Watcher } from './steps.ts';

export interface RequestParts {
  /** Where reads go before the first write. */
  outside: StatementRunner;
  hold(): Promise<Held>;
  /** Run before the first write, in its round trip: where one of them fails, so does the write. */
  first: Steps;
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
 * before (numbers above all, from another connection) is done while it holds no connection and no lock. A failure in it
 * is the failure of all of it.
 */
export class RequestTransaction implements StatementRunner {
  readonly #parts: RequestParts;
  readonly #seen: Seen[] = [];
  #holding: Promise<Held> | undefined;
  #held: Held | undefined;
  #begun: Promise<unknown>[] = [];
  #failure: unknown;
  #isCommitSent = false;
  #isFlushedAfter = false;
  #hasEnded = false;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** Whether the transaction may be there although no answer to its commit came. */
  get isCommitSent(): boolean {
    return this.#isCommitSent;
  }

  /** What the database failed with first. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Once the transaction has begun each of the steps sees what was committed before it began, and what is written here. */
  read<T extends Steps>(steps: T, options?: CallOptions): Promise<Rows<T>> {
    const held = this.#held;
    return held === undefined ? this.#parts.outside.read(steps, options) : this.#own(() => this.#send(held, steps));
  }

  change<T extends Steps>(operation: Operation, steps: T): Promise<Rows<T>>;
  change<R>(operation: Operation, body: Body<R>): Promise<R>;
  async change(operation: Operation, what: Steps | Body<unknown>): Promise<unknown> {
    const held = await this.#begin();
    const look = { seen: this.#parts.watcher?.look(operation) };
    if (typeof what === 'function') {
      const result = await what((steps) => this.#own(() => this.#send(held, steps)), true);
      const { seen } = await this.#own(() => this.#send(held, look));
      this.#seen.push({ operation, rows: seen });
      return result;
    }
    const [rows, { seen }] = await this.#own(() => Promise.all([this.#send(held, what), this.#send(held, look)]));
    this.#isFlushedAfter ||= Object.values(what).some((each) => each?.statement.isFlushedAfter);
    this.#seen.push({ operation, rows: seen });
    return rows;
  }

  /** Ends with `last` and the commit, in one round trip; gives back what the writes changed. */
  async commit(last: Steps): Promise<Seen[]> {
    const held = await this.#begin();
    if (this.#failure !== undefined) {
      throw new TypeError('a transaction was to go on after a failure in it', { cause: this.#failure });
    }
    await this.#own(async () => {
      const sent = this.#send(held, last);
      this.#isCommitSent = true;
      const committed = held.query('commit');
      await inOrder([sent, committed, this.#isFlushedAfter ? held.query(toFlush) : undefined]);
    });
    this.#hasEnded = true;
    return this.#seen;
  }

  /** Gives the connection back, without what was not committed. */
  async end(): Promise<void> {
    const held = await this.#holding?.catch(() => undefined);
    this.#holding = undefined;
    if (held === undefined) return;
    // a server that keeps silent would not answer this either
    if (!this.#hasEnded && !held.isLost()) await held.query('rollback').catch((error) => held.failure(error));
    held.release();
  }

  /** Begins the transaction with the first write. */
  async #begin(): Promise<Held> {
    this.#holding ??= this.#parts.hold();
    const holding = this.#holding;
    const held = await this.#own(() => holding);
    this.#refuseIfAborted();
    if (this.#held === undefined) {
      this.#held = held;
      held.sendTogether();
      this.#begun = [held.begin(toWrite), runOn(held)(this.#parts.first)];
      for (const each of this.#begun) each.catch(() => {}); // the first send waits for them
    }
    return held;
  }

  async #send<T extends Steps>(held: Held, steps: T): Promise<Rows<T>> {
    this.#refuseIfAborted();
    const rows = runOn(held)(steps);
    await inOrder([...this.#begun, rows]);
    return rows;
  }

  /** Remembers what the database fails with, and knows it from what the work itself throws. */
  async #own<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = error instanceof GoalAgentError || this.#held === undefined ? error : this.#held.failure(error);
      this.#failure ??= failure;
      throw failure;
    }
  }

  #refuseIfAborted(): void {
    if (!this.#parts.signal?.aborted) return;
    throw new GoalAgentError('cancelled', 'The call was cancelled; nothing was changed.');
  }
}
