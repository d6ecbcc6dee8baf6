import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Database } from '../../../src/store/database.ts';
import { gateKey } from './gates.ts';
import { SteppedSocket } from './stepped-socket.ts';

/** How one operation of a schedule ended. */
export type Ending = { answer: Record<string, unknown>; error?: undefined } | { answer?: undefined; error: unknown };

export interface Run {
  endings: Ending[];
  /** Whose turn each step was, as it came to be: those whose turn it was while they were blocked are not in it. */
  taken: number[];
  /** How often an operation was blocked by another one. */
  blocked: number;
  /** Failures that the server told, by their SQLSTATE. */
  failures: string[];
}

/** An operation that runs on a connection of its own, and whether it is done, waits for its turn or is blocked. */
interface Stepped {
  database: Database;
  socket: SteppedSocket;
  isDone: boolean;
  isBlocked: boolean;
  /** Whether all of its gates are open. */
  isFree: boolean;
}

/** What a step takes at most before it is asked whether somebody blocks it. */
const firstLookMs = 1;
const stuckMs = 10_000;

/**
 * Steps operations on their own connections in a chosen order. The gates are advisory locks that this driver holds: it lets
 * one session go on by giving its lock back, and takes the lock again behind it.
 */
export class Driver {
  readonly #control: pg.Client;
  readonly #stepped: Stepped[];
  readonly #pids: ReadonlySet<number>;
  #asked: Promise<unknown> = Promise.resolve();
  /** Why a gate could not be opened. */
  #failure: unknown;

  private constructor(control: pg.Client, stepped: Stepped[]) {
    this.#control = control;
    this.#stepped = stepped;
    this.#pids = new Set(stepped.map(({ socket }) => socket.pid));
  }

  /** A driver of up to `most` operations at once. */
  static async open(connection: pg.ClientConfig, most: number): Promise<Driver> {
    const control = new pg.Client(connection);
    await control.connect();
    const stepped = await Promise.all(Array.from({ length: most }, () => aSession(connection)));
    for (const { socket } of stepped) await control.query('select pg_advisory_lock($1, $2)', [gateKey, socket.pid]);
    return new Driver(control, stepped);
  }

  async close(): Promise<void> {
    await this.#control.end();
    await Promise.all(this.#stepped.map(({ database }) => database.close()));
  }

  /** Where the operation in this place runs its statements. */
  databaseOf(place: number): Database {
    const each = this.#stepped[place];
    if (each === undefined) throw new Error('the driver was opened for fewer operations');
    return each.database;
  }

  /** Begins the operations, lets each take a step when it is its turn, and then lets all of them end, the first one first. */
  async run(operations: (() => Promise<Record<string, unknown>>)[], turns: readonly number[]): Promise<Run> {
    const run: Run = { endings: [], taken: [], blocked: 0, failures: [] };
    const stepped = this.#stepped.slice(0, operations.length);
    for (const [place, operation] of operations.entries()) {
      const end = (ending: Ending) => {
        run.endings[place] = ending;
      };
      await this.#begin(stepped[place], operation, end);
    }
    for (const place of turns) {
      const each = stepped[place];
      if (each === undefined || each.isDone || each.isBlocked) continue;
      run.taken.push(place);
      this.#letGo(each);
      await this.#settleAfter(each, stepped, run);
    }
    const [first = 0] = turns;
    for (const place of [first, ...stepped.keys()]) {
      const each = stepped[place];
      if (each === undefined || each.isDone || each.isFree) continue;
      await this.#letEnd(each);
      await this.#settleAfter(each, stepped, run);
    }
    while (stepped.some(({ isDone }) => !isDone)) {
      // all wait for each other, until the server ends one of them
      await sleep(2);
      for (const each of stepped) await this.#settle(each);
    }
    run.failures = stepped.flatMap(({ socket }) => socket.failures);
    const opened = stepped.filter(({ isFree }) => isFree).map(({ socket }) => socket.pid);
    await this.#ask('select pg_advisory_lock($1, pid) from unnest($2::int4[]) as pid', [gateKey, opened]);
    return run;
  }

  async #begin(
    each: Stepped | undefined,
    operation: () => Promise<Record<string, unknown>>,
    end: (ending: Ending) => void,
  ): Promise<void> {
    if (each === undefined) throw new Error('the driver was opened for fewer operations');
    Object.assign(each, { isDone: false, isBlocked: false, isFree: false });
    each.socket.hold();
    const ended = (ending: Ending) => {
      end(ending);
      each.isDone = true;
      each.socket.moved();
    };
    operation().then(
      (answer) => ended({ answer }),
      (error: unknown) => ended({ error }),
    );
    await this.#settle(each);
  }

  #letGo({ socket }: Stepped): void {
    if (!socket.isAtInnerGate) {
      socket.open();
      return;
    }
    socket.isAtInnerGate = false;
    this.#ask('select open_gate($1)', [socket.pid]).catch((error) => {
      this.#failure = error;
    });
  }

  /** Opens all gates of an operation. */
  async #letEnd(each: Stepped): Promise<void> {
    each.isFree = true;
    each.socket.letThrough();
    await this.#ask('select pg_advisory_unlock($1, $2)', [gateKey, each.socket.pid]);
  }

  /** Waits for an operation that was let go, and for those that it may have let go by what it ended. */
  async #settleAfter(each: Stepped, all: Stepped[], run: Run): Promise<void> {
    await this.#settle(each);
    if (each.isBlocked) run.blocked += 1;
    for (const other of all) if (other.isBlocked && other !== each) await this.#settle(other);
  }

  /** Waits until the operation is done, waits for its turn, or is blocked by another one. */
  async #settle(each: Stepped): Promise<void> {
    const { socket } = each;
    const began = performance.now();
    for (let lookMs = firstLookMs; !isAtRest(each); lookMs *= 2) {
      await movedWithin(each, lookMs);
      if (isAtRest(each)) break;
      const blockers = await this.#blockersOf(socket.pid);
      if (isAtRest(each)) break;
      each.isBlocked = blockers.some((pid) => this.#pids.has(pid));
      if (each.isBlocked) return;
      if (this.#failure !== undefined) throw this.#failure;
      if (performance.now() - began > stuckMs) throw new Error('an operation neither goes on nor is it blocked');
    }
    each.isBlocked = false;
  }

  /** Asks the server, one question after the other. */
  #ask(text: string, values: unknown[]): Promise<pg.QueryResult> {
    const answer = this.#asked.then(() => this.#control.query({ name: text, text, values }));
    this.#asked = answer.catch(() => {});
    return answer;
  }

  async #blockersOf(pid: number): Promise<number[]> {
    const { rows } = await this.#ask('select pg_blocking_pids($1) as pids', [pid]);
    return rows[0]?.pids ?? [];
  }
}

function isAtRest({ socket, isDone }: Stepped): boolean {
  return isDone || socket.isAtInnerGate || socket.isAtOuterGate;
}

/** Resolves when the operation has come to rest, or after so many milliseconds. */
function movedWithin(each: Stepped, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      each.socket.moved = () => {};
      resolve();
    };
    const timer = setTimeout(end, ms);
    each.socket.moved = () => {
      if (isAtRest(each)) end();
    };
  });
}

/** A database with one connection, whose statements are held back while it is stepped. */
async function aSession(connection: pg.ClientConfig): Promise<Stepped> {
  const socket = new SteppedSocket();
  const way = { ...connection, options: '-c deadlock_timeout=20ms', stream: () => socket };
  const database = new Database({
    connect: async () => way,
    poolSize: 1,
    maxOverflow: 0,
    timeoutMs: 30_000,
    prepared: true,
    warn: () => {},
  });
  await database.repeat({});
  return { database, socket, isDone: true, isBlocked: false, isFree: false };
}
