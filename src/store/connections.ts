import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { endOnServer } from './end-on-server.ts';
import { errorCode } from './errors.ts';
import { Held, type PooledSession } from './held.ts';
import { Session, type SessionNeeds } from './session.ts';
import type { CallOptions } from './steps.ts';

export interface ConnectionsOptions extends SessionNeeds {
  /** Finds the way to the server; asked again when the way is lost (another host or TLS mode, a restarted embedded server). */
  connect: () => Promise<pg.ClientConfig>;
  /** Asked before and after each use of a connection; throws when what is saved would not be kept. */
  check?: () => void;
  /** A sentence on why a connection was lost just now, where more is known than the loss. */
  lossReason?: () => string | undefined;
  /** Together as many as there may be. One is kept open, the others for as long as they are used. */
  poolSize: number;
  maxOverflow: number;
  /** False: no named statements. */
  prepared: boolean;
  /** Told of connections that were lost, for the log. */
  warn: (message: string, error: unknown) => void;
}

/** How long a call waits for a connection, where the way to the server does not say it. */
const patienceMs = 10_000;
const idleMs = 30_000;
const tooManyClients = '53300';

/**
 * The connections to one PostgreSQL: one pool for good, whose connections go by whichever way there is to the server
 * when they are made. One that fails, or is refused, concerns no other.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  #way: Promise<pg.ClientConfig> | undefined;
  /** What the way came to, for the sessions that are made now. */
  #config: pg.ClientConfig = {};
  #pool: pg.Pool | undefined;
  #closed = false;
  readonly #lost = new WeakSet<Session>();
  /** Counts the times that the server's connections were left; each session is of one of them. */
  #server = 0;
  readonly #serverOf = new WeakMap<Session, number>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /**
   * @throws GoalAgentError `unavailable` when there is none, `cancelled` when the call was; what the way to the server
   *   fails with; pg's own errors of a login.
   */
  async hold({ signal }: CallOptions): Promise<Held> {
    this.#options.check?.();
    const session = await this.#acquire(signal);
    return new Held({
      session,
      signal,
      prepared: this.#options.prepared,
      readOnly: this.#options.readOnly ?? false,
      isLost: () => this.#lost.has(session),
      lose: () => this.#lost.add(session),
      leaveServer: () => this.#leaveServerOf(session),
      giveBack: ({ done, untold }) => {
        session.release(done || this.#isLeft(session));
        if (untold) void this.#endOnServer(session);
      },
    });
  }

  /**
   * A session beside the pool, which its user ends.
   *
   * @throws as hold
   */
  async aside(): Promise<Session> {
    const way = this.#wayNow();
    const config = await way;
    if (this.#closed) throw shuttingDown();
    const { timeoutMs, readOnly } = this.#options;
    const session = new Session({ connectionTimeoutMillis: patienceMs, ...config, query_timeout: timeoutMs + 2_000 });
    try {
      await session.connect();
      await session.enter({ timeoutMs, readOnly });
      return session;
    } catch (error) {
      this.#forget(way);
      await session.end().catch(() => {});
      throw error;
    }
  }

  /** How many there are, how many of these do nothing, and how many calls wait for one. */
  state(): { open: number; idle: number; waiting: number } {
    const { totalCount = 0, idleCount = 0, waitingCount = 0 } = this.#pool ?? {};
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Ends all of them; later calls are refused. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool?.end();
  }

  async #acquire(signal: AbortSignal | undefined): Promise<PooledSession> {
    const deadline = performance.now() + patienceMs;
    for (let hasLookedAgain = false; ; ) {
      const way = this.#wayNow();
      const pool = this.#poolWithIdle() ?? (await this.#poolOn(way, signal));
      try {
        const session = await take(pool, signal);
        if (!this.#isLeft(session)) return session;
        session.release(true);
      } catch (error) {
        if (error instanceof GoalAgentError) throw error;
        if (errorCode(error) === tooManyClients && pool.totalCount > 0 && performance.now() < deadline) {
          // one of ours may soon be free
          await sleep(50 + Math.random() * 50);
        } else {
          // the way that was found before is gone: look for it once more
          this.#forget(way);
          if (hasLookedAgain) throw error;
          hasLookedAgain = true;
        }
      }
    }
  }

  #wayNow(): Promise<pg.ClientConfig> {
    if (this.#way !== undefined) return this.#way;
    const way = this.#options.connect();
    this.#way = way;
    way.catch(() => this.#forget(way));
    return way;
  }

  /** A session that is there needs no way, which may take long to be found. */
  #poolWithIdle(): pg.Pool | undefined {
    return this.#pool !== undefined && this.#pool.idleCount > 0 && !this.#closed ? this.#pool : undefined;
  }

  async #poolOn(way: Promise<pg.ClientConfig>, signal: AbortSignal | undefined): Promise<pg.Pool> {
    const config = await unlessAborted(way, signal);
    if (this.#way === way) this.#config = config;
    if (this.#closed) throw shuttingDown();
    this.#pool ??= this.#openPool();
    return this.#pool;
  }

  #forget(way: Promise<pg.ClientConfig>): void {
    if (this.#way === way) this.#way = undefined;
  }

  #isLeft(session: Session): boolean {
    return this.#serverOf.get(session) !== this.#server;
  }

  /** The server takes no changes any more: the sessions that are there now are not used again. */
  #leaveServerOf(session: Session): void {
    this.#lost.add(session);
    if (this.#isLeft(session)) return;
    this.#server += 1;
    this.#way = undefined;
  }

  /** Nobody waits for it: a server that cannot be asked ends the process by its own limits. */
  async #endOnServer(session: Session): Promise<void> {
    const by = await this.aside().catch(() => undefined);
    if (by === undefined) return;
    await endOnServer(session, by).catch(() => {});
    await by.end().catch(() => {});
  }

  #openPool(): pg.Pool {
    const { timeoutMs, readOnly, warn, poolSize, maxOverflow } = this.#options;
    // a server that no longer answers at all is noticed by us, a slow statement by the server
    const limits = { query_timeout: timeoutMs + 2_000 };
    const configNow = () => ({ ...this.#config, ...limits });
    class SessionNow extends Session {
      constructor() {
        super(configNow());
      }
    }
    const pool = new pg.Pool({
      Client: SessionNow,
      connectionTimeoutMillis: this.#config.connectionTimeoutMillis ?? patienceMs,
      onConnect: (client: unknown) => (client as Session).enter({ timeoutMs, readOnly, keepsPlans: true }),
      min: 1,
      max: Math.max(1, poolSize + maxOverflow),
      idleTimeoutMillis: idleMs,
    } as unknown as pg.PoolConfig);
    pool.on('connect', (client) => {
      const session = client as unknown as Session;
      this.#serverOf.set(session, this.#server);
      session.on('error', (error) => {
        this.#lost.add(session);
        warn('a database connection was lost', error);
      });
    });
    pool.on('error', () => {}); // idle connections: told above, and the pool replaces them
    return pool;
  }
}

/** A session of the pool, unless the call is cancelled before there is one. */
async function take(pool: pg.Pool, signal: AbortSignal | undefined): Promise<PooledSession> {
  const taken = pool.connect() as unknown as Promise<PooledSession>;
  try {
    const session = await unlessAborted(taken, signal);
    if (!signal?.aborted) return session;
    throw cancelled();
  } catch (error) {
    taken.then(
      (session) => session.release(),
      () => {},
    );
    throw isBusy(pool, error) ? busy(error) : error;
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) throw cancelled();
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled());
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function shuttingDown(): GoalAgentError {
  return new GoalAgentError('unavailable', 'The server is shutting down.');
}

function cancelled(): GoalAgentError {
  return new GoalAgentError('cancelled', 'The call was cancelled; nothing was changed.');
}

function isBusy(pool: pg.Pool, error: unknown): boolean {
  if (error instanceof GoalAgentError || errorCode(error) !== undefined) return false;
  return pool.waitingCount > 0 || (pool.totalCount >= (pool.options.max ?? 10) && pool.idleCount === 0);
}

function busy(cause: unknown): GoalAgentError {
  return new GoalAgentError('unavailable', 'Every connection to the database is busy. Try again in a moment.', {
    cause,
  });
}
