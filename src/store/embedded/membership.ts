import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { codeOf } from './trouble.ts';

/*
 * A client of the machine is a session that holds this advisory lock, shared. The server itself thus knows who is there: a client
 * that is killed is gone the moment the kernel closes its socket, and there is no list to sweep and no process number to mistake.
 * The last to leave is the one that gets the lock exclusively. Two who leave at once both let go before they ask, so one of them gets it;
 * a client that joins meanwhile has it shared, and nobody gets it, or is refused, because the server is about to stop.
 */
const LOCK = `${0x474f414c}, 1`; // "GOAL"
const REJOIN_MS = 250;
/** SQLSTATEs that do not pass by themselves: invalid authorization, no such database, internal error or corrupted data. */
const LASTING = /^(28...|3D000|XX...)$/;

/** How to connect to a running server, as its superuser. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
}

/** `ref` and `unref` are in pg and missing from its types: whether the connection alone keeps this process alive. */
type Session = pg.Client & { ref(): void; unref(): void };

export interface Membership {
  /** Ends the membership; when it was the last one, `stop` runs while nobody can join. */
  leave(stop: () => Promise<void>): Promise<void>;
}

/**
 * Becomes a client of the server; undefined when it takes nobody now: it is gone, starting, stopping or full.
 * @throws pg's DatabaseError when it will never take this user: a login that is refused, a database that is damaged or not there
 */
export async function joinServer(address: Address): Promise<Membership | undefined> {
  const session = await openSession(address);
  return session && keep(session, address);
}

/** Holds on to the membership until it is left. A session may end while the server lives: PostgreSQL ends all when one backend crashes. */
function keep(first: Session, address: Address): Membership {
  let session: Session | undefined = first;
  let hasLeft = false;
  const hold = (held: Session): void => {
    session = held;
    held.unref();
    held.once('end', () => {
      session = undefined;
      if (!hasLeft) void rejoin();
    });
  };
  const rejoin = async (): Promise<void> => {
    while (!hasLeft && !session) {
      await sleep(REJOIN_MS, undefined, { ref: false });
      const again = await openSession(address).catch(() => undefined);
      if (again && hasLeft) await again.end();
      else if (again) hold(again);
    }
  };
  hold(first);
  return {
    async leave(stop) {
      hasLeft = true;
      const held = session;
      if (!held) return;
      held.ref();
      if (await isLast(held)) await stop();
      await held.end().catch(() => {});
    },
  };
}

/** A session that holds the lock, shared. */
async function openSession(address: Address): Promise<Session | undefined> {
  const client = new pg.Client({
    ...address,
    database: 'postgres',
    application_name: 'goal-agent client',
    ssl: false,
    connectionTimeoutMillis: 10_000,
  }) as Session;
  // the end of the connection is seen by `end`; without a listener an error would end the process
  client.on('error', () => {});
  try {
    await client.connect();
    if (await ask(client, `pg_try_advisory_lock_shared(${LOCK})`)) return client;
  } catch (error) {
    // for any other reason the caller looks at the data directory next, and gives up at its deadline
    if (LASTING.test(codeOf(error) ?? '')) throw error;
  }
  await client.end().catch(() => {});
  return undefined;
}

async function isLast(session: Session): Promise<boolean> {
  try {
    await ask(session, `pg_advisory_unlock_shared(${LOCK})`);
    return await ask(session, `pg_try_advisory_lock(${LOCK})`);
  } catch {
    return false; // the server has gone without us
  }
}

async function ask(session: Session, call: string): Promise<boolean> {
  const { rows } = await session.query<{ answer: boolean }>(`select ${call} as answer`);
  return rows[0]?.answer ?? false;
}
