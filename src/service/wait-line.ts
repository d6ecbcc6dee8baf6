import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../domain/errors.ts';
import type { Database, Step } from '../store/database.ts';
import type { Shape, Statement } from '../store/statement.ts';
import type { Store } from '../store/store.ts';

/** What calls wait for in a workspace. */
export interface Awaited {
  /** Where it is notified, by the workspace's ID. */
  channel: string;
  /** Finds in how many ms more may be there by itself, as where a lease or a deferral ends; null where nothing is known to end. */
  nextMoment(workspaceId: number): Step<Statement<Shape, { readonly in_ms: 'float8?' }>>;
  /** Makes what is there by itself once that moment has come, where an attempt does not. */
  come?(store: Store): Promise<unknown>;
}

export interface Wait<T> {
  store: Store;
  awaited: Awaited;
  /** Waits of one scope want the same: what one of them does not find, the others do not find either. */
  scope: string;
  waitMs: number;
  /** Ends the wait with an error: its caller is gone. */
  signal?: AbortSignal | undefined;
  /** Ends the wait as the time does. */
  stopping?: AbortSignal | undefined;
  /** Takes what is there; undefined where there is nothing. It looks by itself whether its caller is still there. */
  attempt(): Promise<T | undefined>;
  /** Whether no wait would bring anything. */
  isInVain(): Promise<boolean>;
}

interface Waiting {
  /** Whoever came first has the lowest. */
  place: number;
  scope: string;
  attempt(): Promise<unknown>;
  /** Undefined where it goes on waiting. */
  take(got: unknown): void;
  fail(error: unknown): void;
  /** What kept its last attempt from being made. */
  trouble: unknown;
}

/** News may be lost: a process may die before it is heard, and a lease may be taken while nobody looked. */
const lookEveryMs = 30_000;
/** The same where news is not heard at all: behind a pooler, or while the database is away. */
const pollEveryMs = 2_000;
/** After a try in vain: where much becomes ready that others take, each waiting process would try each time. */
const calmMs = 100;
/** A timer may be early. */
const afterEndMs = 5;
/** What ends now may be in the hands of a transaction that is still open. */
const soonMs = 250;
/** Waits of one process in one workspace; who comes then is answered at once. */
const mostWaiting = 2_000;

/**
 * Waits until an attempt takes something, and gives it back; undefined when the time is over or the process stops. Those
 * who wait in this process stand in one line, and are served in order; while nothing happens, nothing is asked.
 *
 * @throws GoalAgentError `cancelled` when the caller went away, `unavailable` when the database is away at the end, and
 *   what an attempt throws.
 */
export async function waitInLine<T>(wait: Wait<T>): Promise<T | undefined> {
  const line = WaitLine.of(wait.store, wait.awaited);
  const place = line.nextPlace();
  // whoever waits already comes first
  if (line.isEmpty) {
    const got = await wait.attempt();
    if (got !== undefined) return got;
  }
  return (await wait.isInVain()) ? undefined : line.join(wait, place);
}

/** Those of one process who wait for the same in one workspace. */
class WaitLine {
  static readonly #ofDatabases = new WeakMap<Database, Map<string, WaitLine>>();

  static of(store: Store, awaited: Awaited): WaitLine {
    const lines = WaitLine.#ofDatabases.get(store.database) ?? new Map<string, WaitLine>();
    WaitLine.#ofDatabases.set(store.database, lines);
    const channel = `${awaited.channel}${store.workspaceId}`;
    const known = lines.get(channel);
    if (known !== undefined) return known;
    const made = new WaitLine(store, awaited, channel);
    lines.set(channel, made);
    return made;
  }

  readonly #store: Store;
  readonly #awaited: Awaited;
  readonly #channel: string;
  #lastPlace = 0;
  /** Counts those who got something. */
  #served = 0;
  /** In the order in which they came. */
  #waiting: Waiting[] = [];
  #leave: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isServing = false;
  #hasNews = false;

  private constructor(store: Store, awaited: Awaited, channel: string) {
    this.#store = store;
    this.#awaited = awaited;
    this.#channel = channel;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  nextPlace(): number {
    this.#lastPlace += 1;
    return this.#lastPlace;
  }

  join<T>({ scope, waitMs, signal, stopping, attempt }: Wait<T>, place: number): Promise<T | undefined> {
    if (stopping?.aborted || this.#waiting.length >= mostWaiting) return Promise.resolve(undefined);
    return new Promise<T | undefined>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(late);
        signal?.removeEventListener('abort', cancel);
        stopping?.removeEventListener('abort', over);
        this.#remove(waiting);
        settle();
      };
      const waiting: Waiting = {
        place,
        scope,
        attempt,
        trouble: undefined,
        take: (got) => end(() => resolve(got as T)),
        fail: (error) => end(() => reject(error)),
      };
      const over = () => end(() => (waiting.trouble === undefined ? resolve(undefined) : reject(waiting.trouble)));
      const cancel = () => waiting.fail(new GoalAgentError('cancelled', 'The call was cancelled.'));
      const late = setTimeout(over, waitMs);
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      stopping?.addEventListener('abort', over, { once: true });
      const behind = this.#waiting.findLastIndex((each) => each.place < place);
      this.#waiting.splice(behind + 1, 0, waiting);
      this.#leave ??= this.#store.database.listener.listen(this.#channel, () => this.#wake());
      this.#wake();
    });
  }

  #remove(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    if (!this.isEmpty) return;
    clearTimeout(this.#timer);
    this.#leave?.();
    this.#leave = undefined;
  }

  /** Serves those who wait; news that comes meanwhile is looked at afterwards. */
  #wake(): void {
    this.#hasNews = true;
    if (!this.#isServing) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    clearTimeout(this.#timer);
    let restMs = pollEveryMs;
    while (this.#hasNews && !this.isEmpty) {
      this.#hasNews = false;
      const served = this.#served;
      restMs = await this.#serveOnce();
      if (this.#hasNews && this.#served === served) await sleep(calmMs);
    }
    this.#isServing = false;
    if (!this.isEmpty) this.#timer = setTimeout(() => this.#wake(), restMs);
  }

  /** Lets each try, and says how long nothing has to be looked at then, as long as there is no news. */
  async #serveOnce(): Promise<number> {
    const { listener } = this.#store.database;
    if (!listener.isHearing) {
      // an attempt on connections that were lost would end nobody knows how: a question that changes nothing goes first
      if ((await this.#nextMoment()) !== 'unknown') await this.#tryAll();
      return pollEveryMs;
    }
    if (!(await this.#tryAll())) return pollEveryMs;
    const inMs = await this.#nextMoment();
    if (inMs === 'unknown') return pollEveryMs;
    if (inMs !== null && inMs <= 0) await this.#awaited.come?.(this.#store);
    return inMs === null ? lookEveryMs : Math.min(lookEveryMs, Math.max(inMs + afterEndMs, soonMs));
  }

  /** In how many ms more may be there by itself; null for never. */
  async #nextMoment(): Promise<number | null | 'unknown'> {
    const { database, workspaceId } = this.#store;
    try {
      const { next } = await database.read({ next: this.#awaited.nextMoment(workspaceId) });
      return next[0]?.in_ms ?? null;
    } catch (error) {
      this.#trouble(error);
      return 'unknown';
    }
  }

  /** What those are told whose time ends before the database answers. */
  #trouble(error: unknown): void {
    for (const each of this.#waiting) each.trouble = error;
  }

  /** Lets each try in turn, more and more at once as long as there is enough. Says whether the database answered. */
  async #tryAll(): Promise<boolean> {
    const empty = new Set<string>();
    for (let width = 1; ; ) {
      const next = this.#waiting.filter(({ scope }) => !empty.has(scope)).slice(0, width);
      if (next.length === 0) return true;
      const outcomes = await Promise.all(next.map((each) => this.#try(each)));
      if (outcomes.includes('unreachable')) return false;
      for (const [n, { scope }] of next.entries()) if (outcomes[n] === 'nothing') empty.add(scope);
      width = outcomes.includes('nothing') ? 1 : 2 * width;
    }
  }

  /** Whoever got something, or cannot be served, waits no more. */
  async #try(waiting: Waiting): Promise<'served' | 'nothing' | 'unreachable'> {
    try {
      const got = await waiting.attempt();
      waiting.trouble = undefined;
      if (got === undefined) return 'nothing';
      this.#served += 1;
      waiting.take(got);
    } catch (error) {
      if (isPassing(error)) {
        this.#trouble(error);
        return 'unreachable';
      }
      waiting.fail(error);
    }
    return 'served';
  }
}

/** Whether the same may go well when the database is back. */
function isPassing(error: unknown): boolean {
  return error instanceof GoalAgentError && error.code === 'unavailable';
}
