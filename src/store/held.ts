import type pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { cancelOnServer } from './cancel.ts';
import { errorCode, isSqlstate } from './errors.ts';
import { isConnectionFailure, refusesChanges } from './failures.ts';
import { isLost, LostConnection } from './lost-connection.ts';
import type { Beginning, Session } from './session.ts';
import type { Step } from './steps.ts';
import { standby } from './tls.ts';
import { wireValues } from './wire-types.ts';

/** A session that the pool lends. */
export type PooledSession = Session & pg.PoolClient;

export interface HeldParts {
  session: PooledSession;
  signal: AbortSignal | undefined;
  /** False: no statement is named. */
  prepared: boolean;
  readOnly: boolean;
  isLost(): boolean;
  lose(): void;
  /** The server takes no changes any more: all its connections are to be left. */
  leaveServer(): void;
  /**
   * Gives the session back; `done` when it is not to be used again, and `untold` when it was lost without a word of the server,
   * which may not know.
   */
  giveBack(how: { done: boolean; untold: boolean }): void;
}

/** What a standby answers to the beginning of a transaction that is to write, and many servers to much else. */
const notSupported = '0A000';

/** A connection of one's own, until it is given back. */
export class Held {
  readonly #parts: HeldParts;
  #cancelled = false;
  #hasGoodbye = false;
  readonly #cancel = () => {
    this.#cancelled = true;
    cancelOnServer(this.#parts.session);
  };

  constructor(parts: HeldParts) {
    this.#parts = parts;
    parts.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  /** Whether a statement must stand in a transaction to find the session's settings. */
  get needsTransaction(): boolean {
    return this.#parts.session.isPooled;
  }

  /** Sends a step of a transaction, or a command. */
  query(what: Step | string): Promise<pg.QueryResult> {
    return this.#parts.session.query(typeof what === 'string' ? { text: what } : this.#configOf(what));
  }

  /** Sends the beginning of a transaction. */
  async begin(beginning: Beginning): Promise<pg.QueryResult> {
    try {
      return await this.#parts.session.begin(beginning);
    } catch (error) {
      throw errorCode(error) === notSupported ? standby() : error;
    }
  }

  /** What is sent in this turn of the event loop goes out as one: one system call, and the server wakes up once. */
  sendTogether(): void {
    const { stream } = this.#parts.session.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  /** What a failure on this connection is to its caller: wrapped, where the connection is gone. */
  failure(error: unknown): unknown {
    const { readOnly, lose, leaveServer } = this.#parts;
    if (refusesChanges(error)) {
      if (readOnly) return onlyReads(error);
      leaveServer();
    }
    // the server says goodbye in an answer (57P01) before the connection is seen to end
    if (isConnectionFailure(error)) lose();
    this.#hasGoodbye ||= isSqlstate(errorCode(error));
    return this.isLost() && !isLost(error) ? new LostConnection(error) : error;
  }

  isLost(): boolean {
    return this.#parts.isLost();
  }

  /** A cancel request may arrive late, and must not hit the next call's statement: that connection is not used again. */
  release(): void {
    this.#parts.signal?.removeEventListener('abort', this.#cancel);
    const isLost = this.isLost();
    this.#parts.giveBack({ done: this.#cancelled || isLost, untold: isLost && !this.#hasGoodbye });
  }

  #configOf(step: Step): pg.QueryConfig {
    const { prepared, session } = this.#parts;
    const { statement } = step;
    const values = wireValues(step);
    const isNamed = prepared && !statement.plannedAnew && session.keepsStatements;
    return { text: statement.text, values, ...(isNamed && { name: statement.name }) };
  }
}

function onlyReads(cause: unknown): GoalAgentError {
  return new GoalAgentError('configuration', 'GOAL_AGENT_READ_ONLY keeps this server from changing anything.', {
    cause,
  });
}
