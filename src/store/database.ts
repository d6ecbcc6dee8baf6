import type { GoalAgentError } from '../domain/errors.ts';
import { IsCommitted, sendChangeAfterLoss, takeId, takingItsId } from './after-loss.ts';
import { isLostQuickly, repeatedly, waitForConflict } from './attempts.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';
import { refusesChanges, toGoalAgentError } from './failures.ts';
import type { Held } from './held.ts';
import { Listener } from './listener.ts';
import {
  causeOf,
  isLost,
  isOfUnknownOutcome,
  savedWithoutAnswer,
  unknownButRepeatable,
  unknownOutcome,
} from './lost-connection.ts';
import { RequestTransaction } from './request-transaction.ts';
import {
  type Change,
  sendAlone,
  sendBody,
  sendChange,
  sendReads,
  toFlush,
  toWrite,
  toWritePatiently,
} from './sending.ts';
import { SharedFailure } from './shared-steps.ts';
import { findOperationById } from './statements/find-operation-by-id.ts';
import { Statistics } from './statistics.ts';
import {
  type Body,
  type CallOptions,
  type Operation,
  type Rows,
  type StatementRunner,
  type Steps,
  step,
  type Watcher,
} from './steps.ts';
import { Together } from './together.ts';

export {
  type Body,
  type Operation,
  type Rows,
  type Run,
  type StatementRunner,
  type Step,
  type Steps,
  step,
  type Watcher,
} from './steps.ts';

/** Work with a connection of one's own. */
type Work<T> = (held: Held) => Promise<T>;

/** What a request came to. Without `last` it wrote nothing: the result is that of others, who may have committed it a moment ago. */
export interface Requested<T> {
  result: T;
  last?: Steps;
  /** The others may not have told the watcher yet. */
  committedLately?: boolean;
}

/**
 * The connections to one PostgreSQL, over which statements run.
 *
 * Every method throws `GoalAgentError`: `unavailable` when the server cannot be reached, `cancelled` when the signal or
 * the time limit ended the call, `unknown_outcome` when the connection was lost while a change was being saved.
 * Constraint violations come through as pg's own `DatabaseError`, since the caller knows what they mean.
 */
export class Database implements StatementRunner {
  readonly #options: ConnectionsOptions;
  readonly #connections: Connections;
  readonly #together = new Map<number, Together>();
  /** Hears what transactions of any process notify. */
  readonly listener: Listener;
  #watcher: Watcher | undefined;
  readonly #statistics = new Statistics((sql) => this.#holding({}, (held) => sendAlone(held, sql)));

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#connections = new Connections(options);
    this.listener = new Listener(() => this.#connections.aside());
  }

  /** From now on `watcher` is told of every write. */
  watch(watcher: Watcher): void {
    this.#watcher = watcher;
  }

  /** How many connections there are, how many of these do nothing, and how many calls wait for one. */
  poolState(): { open: number; idle: number; waiting: number } {
    return this.#connections.state();
  }

  /** Reading twice harms nothing, so a connection that is lost costs the caller nothing. */
  read<T extends Steps>(steps: T, options: CallOptions = {}): Promise<Rows<T>> {
    return repeatedly(
      (hasBegun) => this.#holding(options, (held) => sendReads(held, steps), hasBegun),
      async (failure) => {
        if (!isLostQuickly(failure, this.#options)) throw toGoalAgentError(causeOf(failure.error));
      },
    );
  }

  /** Runs a step that writes, and harms nothing when it is run again. */
  repeat<T extends Steps>(steps: T): Promise<Rows<T>> {
    return this.read(steps);
  }

  change<T extends Steps>(operation: Operation, steps: T, options?: CallOptions): Promise<Rows<T>>;
  change<R>(operation: Operation, body: Body<R>, options?: CallOptions): Promise<R>;
  async change(operation: Operation, what: Steps | Body<unknown>, options: CallOptions = {}): Promise<unknown> {
    const watcher = this.#watcher;
    const look = watcher?.look(operation);
    const beginning = options.isPatient ? toWritePatiently : toWrite;
    try {
      const {
        result,
        seen,
        unseen = {},
      } = await (typeof what === 'function'
        ? this.#writing(operation, options, {
            work: (held) => sendBody(held, beginning, (run) => what(run, false), look),
            afterLoss: (held) => sendBody(held, beginning, takingItsId(operation, what), look),
          })
        : this.#writing(operation, options, {
            work: (held) => sendChange(held, { steps: what, look }),
            afterLoss: (held) => sendChangeAfterLoss(held, operation, { steps: what, look }),
            change: { steps: what, look },
          }));
      this.#statistics.wrote(operation.rows ?? 1);
      if (seen === undefined) await watcher?.unknown();
      else await watcher?.changed(operation, seen);
      return Object.keys(unseen).length === 0 ? result : Object.assign({}, result, await this.read(unseen));
    } catch (error) {
      if (isOfUnknownOutcome(error)) await watcher?.unknown();
      throw error;
    }
  }

  /**
   * Runs `work` with all that it writes in one transaction: `first` before the first write, the result's `last` after
   * the others. It is for work that finds out by itself whether it was done before: after a conflict or a lost
   * connection it is run again, whether its commit got through or not.
   */
  request<T>(
    first: Steps,
    work: (runner: StatementRunner) => Promise<Requested<T>>,
    options: CallOptions = {},
  ): Promise<T> {
    let transaction: RequestTransaction;
    let isUnknown = false;
    return repeatedly(
      async () => {
        transaction = new RequestTransaction({
          outside: this,
          hold: () => this.#connections.hold(options),
          first,
          watcher: this.#watcher,
          signal: options.signal,
        });
        const { result, last, committedLately } = await work(transaction);
        const seen = last === undefined ? [] : await transaction.commit(last);
        await transaction.end();
        if (last === undefined) await this.#flush();
        this.#options.check?.();
        this.#statistics.wrote(seen.reduce((rows, { operation }) => rows + (operation.rows ?? 1), 0));
        for (const { operation, rows } of seen) await this.#watcher?.changed(operation, rows);
        if (committedLately) await this.#watcher?.unknown();
        return result;
      },
      async (failure) => {
        const { error, attempt } = failure;
        await transaction.end();
        if (isLost(error) && transaction.isCommitSent) {
          isUnknown = true;
          await this.#watcher?.unknown();
        }
        // the first loss may have come late; a server that is slow to lose one connection after another is not waited for
        if ((isLost(error) && attempt === 1) || isLostQuickly(failure, this.#options)) return;
        const cause = error === transaction.failure ? toGoalAgentError(causeOf(error)) : error;
        if (isUnknown && isOfUnknownOutcome(cause)) throw unknownButRepeatable(cause, this.#options.lossReason?.());
        await waitForConflict(failure, cause);
      },
    );
  }

  /** Has the tables analyzed that outgrew what the planner knows of them. Never fails. */
  refreshStatistics(): Promise<void> {
    return this.#statistics.refresh();
  }

  /** Closes every connection; later calls are refused. */
  close(): Promise<void> {
    this.listener.close();
    return this.#connections.close();
  }

  /**
   * A deadlock or serialization failure is tried again. After a connection that was lost at once the change is tried again, too,
   * `afterLoss`: two operations of one ID cannot be (docs/decisions/history.md).
   */
  async #writing<T>(
    operation: Operation,
    options: CallOptions,
    { work, afterLoss, change }: { work: Work<T>; afterLoss: Work<T>; change?: Change },
  ): Promise<T> {
    let mayBeCommitted = false;
    const together = change && this.#togetherOf(operation);
    let joins = together?.isBusy;
    return repeatedly(
      (hasBegun) => {
        // what was tried once goes alone, so that a failure of the others is not met again
        if (change !== undefined && together !== undefined && joins) {
          joins = false;
          return together.join(change, options) as Promise<T>;
        }
        const alone = () => this.#holding(options, mayBeCommitted ? afterLoss : work, hasBegun);
        return together === undefined ? alone() : together.alone(alone);
      },
      async (failure) => {
        const { error } = failure;
        if (error instanceof SharedFailure) return;
        if (error instanceof IsCommitted) throw await this.#savedWithoutAnswer();
        const nothingIsThere = refusesChanges(causeOf(error));
        mayBeCommitted ||= isLost(error) && !nothingIsThere;
        if (isLostQuickly(failure, this.#options)) return;
        if (isLost(error) && !nothingIsThere) {
          await this.#refuseIfCommitted(operation);
          throw unknownOutcome(error, this.#options.lossReason?.());
        }
        await waitForConflict(failure, toGoalAgentError(causeOf(error))).catch(async (refusal) => {
          if (mayBeCommitted) await this.#refuseOrPrevent(operation);
          throw refusal;
        });
      },
    );
  }

  /** Those of one workspace gather: what one tenant's change waits for holds up no other tenant. */
  #togetherOf({ workspaceId }: Operation): Together {
    const known = this.#together.get(workspaceId);
    if (known !== undefined) return known;
    const made = new Together((work) => this.#holding({}, work));
    this.#together.set(workspaceId, made);
    return made;
  }

  /** After a lost connection: throws where the operation is there, or may be. It may be there later where it is not. */
  async #refuseIfCommitted({ workspaceId, id }: Operation): Promise<void> {
    const { found } = await this.read({ found: step(findOperationById, { workspaceId, id }) }).catch((error) => {
      throw unknownOutcome(error, this.#options.lossReason?.());
    });
    if (found.length > 0) throw await this.#savedWithoutAnswer();
  }

  /** After a lost connection: throws where the operation is there, or may be; where it is not, it never will be. */
  async #refuseOrPrevent(operation: Operation): Promise<void> {
    const take = (held: Held) => sendBody(held, toWrite, (run) => takeId(run, operation), undefined);
    await this.#holding({}, take).catch(async (error) => {
      throw error instanceof IsCommitted
        ? await this.#savedWithoutAnswer()
        : unknownOutcome(error, this.#options.lossReason?.());
    });
  }

  /** What is to be told of an operation that is seen to be committed. */
  #savedWithoutAnswer(): Promise<GoalAgentError> {
    return this.#flush().then(
      () => savedWithoutAnswer(),
      (error) => unknownOutcome(error, this.#options.lossReason?.()),
    );
  }

  /** What can be seen now is on the disk then. */
  async #flush(): Promise<void> {
    await this.#holding({}, (held) => sendAlone(held, toFlush));
  }

  async #holding<T>(options: CallOptions, work: (held: Held) => Promise<T>, hasBegun?: () => void): Promise<T> {
    const held = await this.#connections.hold(options);
    hasBegun?.();
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
