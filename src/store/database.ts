import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../domain/errors.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';
import { isRetryable, refusesChanges, toGoalAgentError } from './failures.ts';
import type { Held } from './held.ts';
import { LateTransaction } from './late-transaction.ts';
import { causeOf, isLost, isOfUnknownOutcome, unknownButRepeatable, unknownOutcome } from './lost-connection.ts';
import {
  changeAlone,
  changeWithin,
  pipeline,
  runAlone,
  toReadOneSnapshot,
  toWrite,
  toWriteAtLength,
  withSetting,
} from './sending.ts';
import type { Params, Row, Statement } from './statement.ts';
import { findOperationById } from './statements/find-operation-by-id.ts';
import { Statistics } from './statistics.ts';
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
import { Turns } from './turns.ts';

export { type Operation, type Rows, type Run, type StatementRunner, type Step, step, type Watcher } from './steps.ts';

const attemptsOnConflict = 4;

/** What work in one transaction came to. Without `last` it wrote nothing, and there is nothing to commit. */
export interface Combined<T> {
  result: T;
  last?: readonly Step[];
  /** The result is that of others, who committed it a moment ago and may not have told the watcher yet. */
  committedLately?: boolean;
}

/**
 * A pool of connections to one PostgreSQL, over which statements run.
 *
 * Every method throws `GoalAgentError`: `unavailable` when the server cannot be reached, `cancelled` when the signal or
 * the time limit ended the call, `unknown_outcome` when the connection was lost while a change was being saved.
 * Constraint violations come through as pg's own `DatabaseError`, since the caller knows what they mean.
 */
export class Database implements StatementRunner {
  readonly #options: ConnectionsOptions;
  readonly #connections: Connections;
  #watcher: Watcher | undefined;
  readonly #statistics = new Statistics((sql) => this.#holding({}, (held) => runAlone(held, sql)));
  readonly #combined: Turns;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#connections = new Connections(options);
    // who holds a connection may need another, for numbers: one is left to those who hold none
    this.#combined = new Turns(this.#connections.most - 1);
  }

  /** From now on `watcher` is told of every write. */
  watch(watcher: Watcher): void {
    this.#watcher = watcher;
  }

  /** Runs one statement that only reads. */
  async read<S extends Statement>(statement: S, params: Params<S>, options: CallOptions = {}): Promise<Row<S>[]> {
    return this.#reading(options, async (held) => {
      const result = await runAlone(held, step(statement, params));
      return result.rows as Row<S>[];
    });
  }

  /** Runs statements that only read, on one snapshot, in one round trip. */
  async snapshot<const T extends readonly Step[]>(steps: T, options: CallOptions = {}): Promise<Rows<T>> {
    return this.#reading(options, (held) => pipeline(held, toReadOneSnapshot, steps));
  }

  /**
   * Runs one function of the schema, which is a transaction of its own: one message, of which nothing is left where it
   * fails or is cancelled.
   *
   * A deadlock or serialization failure is tried again. After a lost connection the operation's row tells whether it was
   * committed; if it was not, it is run once more, and two operations of one ID cannot be.
   */
  async change<S extends Statement>(
    operation: Operation,
    statement: S,
    params: Params<S>,
    options: CallOptions = {},
  ): Promise<Row<S>[]> {
    const { changed } = await this.#change(operation, step(statement, params), [], options);
    return changed as Row<S>[];
  }

  /** The same, and in the same round trip what there is to be seen of it afterwards. */
  async changeThenRead<S extends Statement, R extends Statement>(
    operation: Operation,
    change: Step<S>,
    read: Step<R>,
    options: CallOptions = {},
  ): Promise<{ changed: Row<S>[]; read: Row<R>[] }> {
    const { changed, read: rows } = await this.#change(operation, change, [read], options);
    // the change is saved: only the look at it failed
    const again = rows ?? (await this.#reading({}, (held) => runAlone(held, read))).rows;
    return { changed: changed as Row<S>[], read: again as Row<R>[] };
  }

  async #change(operation: Operation, change: Step, reads: readonly Step[], options: CallOptions) {
    return this.#watched(operation, (look) =>
      this.#writing(operation, options, async (held) => {
        const after = [...reads, ...look];
        const [changed, ...looks] = await (held.needsTransaction ? changeWithin : changeAlone)(held, change, after);
        const result = { changed: changed?.rows ?? [], read: looks.slice(0, reads.length)[0]?.rows };
        // it is committed: what the watcher cannot see now, it learns otherwise
        return { result, seen: look.length > 0 ? looks.at(-1)?.rows : [] };
      }),
    );
  }

  /**
   * Runs one statement in a transaction of its own that does not wait for the disk. A crash of the server may forget it,
   * but never anything flushed after it: use it only where that order is all that matters.
   */
  async writeUnflushed<S extends Statement>(statement: S, params: Params<S>): Promise<Row<S>[]> {
    const begin = withSetting(toWrite, 'synchronous_commit = off');
    const [rows] = await this.#reading({}, (held) => pipeline(held, begin, [step(statement, params)]));
    return rows as Row<S>[];
  }

  /** Runs one statement that changes nothing when it is run again. */
  async writeIdempotent<S extends Statement>(statement: S, params: Params<S>): Promise<Row<S>[]> {
    return this.read(statement, params);
  }

  /** Runs a transaction whose statements depend on each other's answers. `body` may run more than once. */
  async transaction<T>(operation: Operation, body: (run: Run) => Promise<T>, options: CallOptions = {}): Promise<T> {
    return this.#watched(operation, (look) =>
      this.#writing(operation, options, async (held) => {
        held.sendTogether();
        const begin = held.begin(options.isPatient ? toWrite : toWriteAtLength);
        begin.catch(() => {});
        try {
          const result = await body(async (steps) => {
            held.sendTogether();
            const answers = await settleInOrder([begin, ...steps.map((each) => held.query(each))]);
            return answers.slice(1).map((answer) => answer.rows) as Rows<typeof steps>;
          });
          held.sendTogether();
          const last = look.map((each) => held.query(each));
          const [seen] = await settleInOrder([...last, held.query('commit')]);
          return { result, seen: seen?.rows ?? [] };
        } catch (error) {
          await held.query('rollback').catch(() => {});
          throw error;
        }
      }),
    );
  }

  /**
   * Runs `work` with all that it writes in one transaction: `first` before the first write, the result's `last` after
   * the others. It is for work that finds out by itself whether it was done before: after a conflict or a lost
   * connection it is run again, whether its commit got through or not.
   */
  combine<T>(
    first: readonly Step[],
    work: (runner: StatementRunner) => Promise<Combined<T>>,
    options: CallOptions = {},
  ): Promise<T> {
    return this.#combined.take(async () => {
      let isUnknown = false;
      for (let attempt = 1; ; attempt += 1) {
        const start = performance.now();
        const transaction = this.#lateTransaction(first, options);
        try {
          return await this.#combineOnce(transaction, work);
        } catch (error) {
          await transaction.end();
          if (isLost(error) && transaction.isCommitSent) {
            isUnknown = true;
            await this.#watcher?.unknown();
          }
          // the first loss may have come late; a server that is slow to lose one connection after another is not waited for
          if ((isLost(error) && attempt === 1) || this.#isWorthAnotherTry(error, attempt, start)) continue;
          if (!transaction.isOwnFailure(error) && !(error instanceof GoalAgentError)) throw error;
          const cause = toGoalAgentError(causeOf(error));
          if (isUnknown && isOfUnknownOutcome(cause)) throw unknownButRepeatable(cause, this.#options.lossReason?.());
          if (!isRetryable(error) || attempt >= attemptsOnConflict) throw cause;
          await sleep(attempt * 5 + Math.random() * 20);
        }
      }
    });
  }

  async #combineOnce<T>(
    transaction: LateTransaction,
    work: (runner: StatementRunner) => Promise<Combined<T>>,
  ): Promise<T> {
    const { result, last, committedLately } = await work(transaction);
    const seen = last === undefined ? [] : await transaction.commit(last);
    await transaction.end();
    this.#options.check?.();
    this.#statistics.wrote(transaction.rows);
    for (const { operation, rows } of seen) await this.#watcher?.changed(operation, rows);
    if (committedLately) await this.#watcher?.unknown();
    return result;
  }

  #lateTransaction(first: readonly Step[], options: CallOptions): LateTransaction {
    return new LateTransaction({
      outside: this,
      hold: () => this.#connections.hold(options),
      begin: toWriteAtLength,
      first,
      watcher: this.#watcher,
      signal: options.signal,
    });
  }

  /** Has the tables analyzed that outgrew what the planner knows of them. Never fails. */
  refreshStatistics(): Promise<void> {
    return this.#statistics.refresh();
  }

  /** Closes every connection; later calls are refused. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  /** Runs a write with the watcher's look at its end, and tells the watcher what it saw. */
  async #watched<T>(
    operation: Operation,
    write: (look: Step[]) => Promise<{ result: T; seen: unknown[] | undefined }>,
  ): Promise<T> {
    const watcher = this.#watcher;
    try {
      const { result, seen } = await write(watcher === undefined ? [] : [watcher.look(operation)]);
      this.#statistics.wrote(operation.rows ?? 1);
      if (seen === undefined) await watcher?.unknown();
      else await watcher?.changed(operation, seen);
      return result;
    } catch (error) {
      if (isOfUnknownOutcome(error)) await watcher?.unknown();
      throw error;
    }
  }

  /** Reading twice harms nothing. */
  async #reading<T>(options: CallOptions, work: (held: Held) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let start = performance.now();
      try {
        return await this.#holding(options, (held) => {
          start = performance.now();
          return work(held);
        });
      } catch (error) {
        if (!this.#isWorthAnotherTry(error, attempt, start)) throw toGoalAgentError(causeOf(error));
      }
    }
  }

  async #writing<T>(operation: Operation, options: CallOptions, work: (held: Held) => Promise<T>): Promise<T> {
    let mayBeCommitted = false;
    for (let attempt = 1; ; attempt += 1) {
      let start = performance.now();
      try {
        return await this.#holding(options, (held) => {
          start = performance.now();
          return work(held);
        });
      } catch (error) {
        const isWorthAnotherTry = this.#isWorthAnotherTry(error, attempt, start);
        const nothingIsThere = refusesChanges(causeOf(error));
        // also where a later try fails: the server may have committed a lost one after the look for it
        mayBeCommitted ||= isLost(error) && !nothingIsThere;
        if (mayBeCommitted) await this.#refuseIfCommitted(operation);
        if (isLost(error)) {
          if (isWorthAnotherTry) continue;
          throw nothingIsThere ? toGoalAgentError(causeOf(error)) : unknownOutcome(error, this.#options.lossReason?.());
        } else if (!isRetryable(error) || attempt >= attemptsOnConflict) throw toGoalAgentError(error);
        else await sleep(attempt * 5 + Math.random() * 20);
      }
    }
  }

  /**
   * A connection that died while it was idle is seen only when it is used, and where one died all may have: so there are
   * as many tries as there may be connections. But a server that kept silent for long will do so again; the wait for
   * a connection before, and the look for what the operation left, are no such silence.
   */
  #isWorthAnotherTry(error: unknown, attempt: number, start: number): boolean {
    const { poolSize, maxOverflow, timeoutMs } = this.#options;
    const isSlow = performance.now() - start >= Math.min(1000, timeoutMs / 2);
    return isLost(error) && attempt <= poolSize + maxOverflow && !isSlow;
  }

  /** After a lost connection: throws unless the operation certainly left nothing behind. */
  async #refuseIfCommitted({ workspaceId, id }: Operation): Promise<void> {
    const found = await this.read(findOperationById, { workspaceId, id }).catch((error) => {
      throw unknownOutcome(error, this.#options.lossReason?.());
    });
    if (found.length > 0) {
      throw new GoalAgentError(
        'unknown_outcome',
        'The change was saved, but the connection to the database was lost before its answer came. Do not repeat it; read what it changed.',
      );
    }
  }

  async #holding<T>(options: CallOptions, work: (held: Held) => Promise<T>): Promise<T> {
    const held = await this.#connections.hold(options);
    try {
      const result = await work(held);
      this.#options.check?.();
      return result;
    } catch (error) {
      throw held.failure(error);
    } finally {
      held.release();
    }
  }
}
