import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { cancelOnServer } from './cancel.ts';
import { isConnectionFailure } from './failures.ts';
import { isLost, LostConnection } from './lost-connection.ts';
import type { CallOptions } from './steps.ts';
import { wireTypes } from './wire-types.ts';

export interface ConnectionsOptions {
  /** Finds the way to the server; asked again when the way is lost (another TLS mode, a restarted embedded server). */
  connect: () => Promise<pg.ClientConfig>;
  /** Asked before and after each use of a connection; throws when what is saved would not be kept. */
  check?: () => void;
  /** A sentence on why a connection was lost just now, where more is known than the loss. */
  lossReason?: () => string | undefined;
  /** Connections kept open, and how many more there may be under load. */
  poolSize: number;
  maxOverflow: number;
  /** How long a statement may take, in milliseconds. */
  timeoutMs: number;
  /** False behind a transaction pooler that loses prepared statements (PgBouncer before 1.21). */
  prepared: boolean;
  /** The session refuses every change, whatever is asked of it. */
  readOnly?: boolean;
  /** Told of connections that were lost, for the log. */
  warn: (message: string, error: unknown) => void;
}

/** A connection of one's own, until it is given back. */
export interface Held {
  client: pg.PoolClient;
  /** What a failure on this connection is to its caller: wrapped, where the connection is gone. */
  failure(error: unknown): unknown;
  isLost(): boolean;
  release(): Promise<void>;
}

/** The connections to one PostgreSQL, by whichever way there is to it at the moment. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #lost = new WeakSet<pg.PoolClient>();
  /** As many as there may be at one time: two at least, since who holds one may need another, for numbers. */
  readonly most: number;
  #pool: Promise<pg.Pool> | undefined;
  #closed = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.most = Math.max(2, options.poolSize + options.maxOverflow);
  }

  /** @throws GoalAgentError `unavailable` when there is none; what the way to the server fails with. */
  async hold({ signal }: CallOptions): Promise<Held> {
    signal?.throwIfAborted();
    this.#options.check?.();
    const client = await this.#acquire();
    let cancelling: Promise<void> | undefined;
    const cancel = () => {
      cancelling = cancelOnServer(client);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    return {
      client,
      isLost: () => this.#lost.has(client),
      failure: (error) => {
        // the server says goodbye in an answer (57P01) before the connection is seen to end
        if (isConnectionFailure(error)) this.#lost.add(client);
        return this.#lost.has(client) && !isLost(error) ? new LostConnection(error) : error;
      },
      release: async () => {
        signal?.removeEventListener('abort', cancel);
        await cancelling;
        // a cancel request that arrives late must not hit the next call's statement: that connection is not used again
        client.release(cancelling !== undefined || this.#lost.has(client));
      },
    };
  }

  /** Ends all of them; later calls are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.end();
  }

  async #acquire(): Promise<pg.PoolClient> {
    if (this.#closed) throw new GoalAgentError('unavailable', 'The server is shutting down.');
    this.#pool ??= this.#openPool();
    const opening = this.#pool;
    try {
      return await connectFrom(await opening);
    } catch (error) {
      if (this.#pool === opening && !(error instanceof BusyPool)) this.#forget(opening);
      if (!isConnectionFailure(error)) throw error;
    }
    // the way that was found before is gone: look for it once more
    this.#pool ??= this.#openPool();
    const reopening = this.#pool;
    try {
      return await connectFrom(await reopening);
    } catch (error) {
      if (this.#pool === reopening && !(error instanceof BusyPool)) this.#forget(reopening);
      throw error;
    }
  }

  #forget(pool: Promise<pg.Pool>): void {
    this.#pool = undefined;
    pool.then(endWhenUnused).catch(() => {});
  }

  async #openPool(): Promise<pg.Pool> {
    const { poolSize, timeoutMs, prepared, readOnly, warn } = this.#options;
    const way = await this.#options.connect();
    const readOnlySession = `${way.options ?? ''} -c default_transaction_read_only=on`;
    const pool = new pg.Pool({
      connectionTimeoutMillis: 10_000,
      ...way,
      application_name: 'goal-agent',
      types: wireTypes,
      pipeline: true,
      min: poolSize,
      max: this.most,
      idleTimeoutMillis: 10_000,
      // a server that no longer answers at all is noticed by us, a slow statement by the server
      query_timeout: timeoutMs + 2_000,
      // a transaction pooler refuses settings at connect
      ...(prepared ? { statement_timeout: timeoutMs } : {}),
      ...(prepared && readOnly ? { options: readOnlySession } : {}),
    } as pg.PoolConfig);
    pool.on('connect', (client) => {
      client.on('error', (error) => {
        this.#lost.add(client as pg.PoolClient);
        warn('a database connection was lost', error);
      });
    });
    pool.on('error', () => {}); // idle connections: told above, and the pool replaces them
    return pool;
  }
}

class BusyPool extends GoalAgentError {
  constructor(cause: unknown) {
    super('unavailable', 'Every connection to the database is busy. Try again in a moment.', { cause });
  }
}

async function connectFrom(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw pool.waitingCount > 0 || (pool.totalCount >= (pool.options.max ?? 10) && pool.idleCount === 0)
      ? new BusyPool(error)
      : error;
  }
}

/** A pool that is ended leaves those who wait for a connection of it waiting. */
async function endWhenUnused(pool: pg.Pool): Promise<void> {
  while (pool.waitingCount > 0) await sleep(100);
  await pool.end();
}
