import { Cache, type CacheOptions, type CacheStatus } from '../cache/cache.ts';
import { type Operation, type Rows, type Steps, step, type Watcher } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { findDatabaseIdentity } from '../store/statements/find-database-identity.ts';
import { listChanged } from '../store/statements/list-changed.ts';
import { listRecentOperations } from '../store/statements/list-recent-operations.ts';
import type { Store } from '../store/store.ts';
import type { Call, ReadCache } from './call.ts';
import { readTasks } from './deferrals.ts';

const everyMs = 400;
/** The cache is used only while the last look at the history is younger than this. */
const freshMs = 1_000;
/** An operation's time is of before its commit: one that was committed sooner than this after it is seen. */
const windowSeconds = 60;
const idleMs = 300_000;
/** Past so many operations, or rows that they changed, everything is taken away. */
const mostOperations = 10_000;
const mostChanged = 2_000;

/**
 * A store's cache: what reads go through, and what writes take things out of. Its own process's writes do so before they
 * return. Some writers cannot: Redis is out of their reach, or they have no cache, or they die. What they changed is taken
 * out within a second, by the history in PostgreSQL.
 */
export class CachedReads implements ReadCache, Watcher {
  readonly #store: Store;
  readonly #cache: Cache;
  /** Operations of the last minute whose changes are out of the cache. */
  #done = new Set<string>();
  /** When the last look at the history began. By the clock on the wall: the other one stands still while a laptop sleeps. */
  #lookedAt = Date.now() - freshMs;
  #usedAt = Date.now();
  #isLooking = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(store: Store, cache: Cache) {
    this.#store = store;
    this.#cache = cache;
    this.#timer = setInterval(() => void this.#lookAgain(), everyMs).unref();
    store.database.watch(this);
  }

  /** From here on every write to this store takes out of the cache what it changes. Does not wait for Redis. */
  static async open(store: Store, options: Omit<CacheOptions, 'prefix'>): Promise<CachedReads> {
    const { database, workspace, workspaceId } = store;
    const { found } = await database.read({ found: step(findDatabaseIdentity, {}) });
    const prefix = `goal_agent_cache:${workspace}:${found[0]?.identity}/${workspaceId}`;
    return new CachedReads(store, await Cache.open({ ...options, prefix }));
  }

  status(): CacheStatus {
    return this.#cache.status();
  }

  /** Waits until `status` says what is so: at the start that is after a moment. */
  untilKnown(): Promise<void> {
    return this.#cache.untilKnown();
  }

  through<T>(name: string, read: () => Promise<T>, keeps: (value: T) => boolean): Promise<T> {
    this.#usedAt = Date.now();
    const isFresh = Math.abs(this.#usedAt - this.#lookedAt) < freshMs;
    return isFresh ? this.#cache.through(name, read, keeps) : read();
  }

  look({ workspaceId, unrecordedTaskIds: taskIds = [], ...operation }: Operation) {
    return step(listChanged, { workspaceId, limit: mostChanged, operations: idsOf(operation), taskIds });
  }

  async changed(operation: Operation, rows: unknown[]): Promise<void> {
    const ids = idsOf(operation);
    if (await this.#remove(rows as Row<typeof listChanged>[], ids)) for (const id of ids) this.#done.add(id);
  }

  async unknown(): Promise<void> {
    await this.#cache.removeAll();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#cache.close();
  }

  /** Keeps the cache right, as long as somebody reads. */
  async #lookAgain(): Promise<void> {
    if (this.#isLooking || Date.now() - this.#usedAt > idleMs) return;
    this.#isLooking = true;
    // while the database cannot be reached the cache is not used, and calls say what is wrong
    await this.#catchUp().catch(() => {});
    this.#isLooking = false;
  }

  /** Takes out of the cache what others changed since the last look. */
  async #catchUp(): Promise<void> {
    if (!(await this.#cache.renew())) return;
    const { database, workspaceId } = this.#store;
    const now = Date.now();
    const seconds = windowSeconds + Math.ceil(Math.abs(now - this.#lookedAt) / 1000);
    const listed = step(listRecentOperations, { workspaceId, seconds, limit: mostOperations });
    const { recent } = await database.read({ recent: listed });
    const all = recent.map((row) => row.id);
    const operations = await this.#cache.unmarked(all.filter((id) => !this.#done.has(id)));
    if (operations.length > 0) {
      const look = step(listChanged, { workspaceId, limit: mostChanged, operations, taskIds: [] });
      const { changed } = await database.read({ changed: look });
      if (!(await (all.length === mostOperations ? this.#cache.removeAll() : this.#remove(changed)))) return;
    }
    this.#done = new Set(all);
    this.#lookedAt = now;
  }

  #remove(changed: Row<typeof listChanged>[], operations?: string[]): Promise<boolean> {
    if (changed.length >= mostChanged) return this.#cache.removeAll();
    const names = changed.flatMap(({ goal_id, task_id }) => [
      ...(task_id === null ? [] : [`task:${task_id}`]),
      `goal:${goal_id}`,
      `plan:${goal_id}`,
    ]);
    return this.#cache.remove([...new Set(names)], operations);
  }
}

function idsOf({ id, otherIds = [] }: Pick<Operation, 'id' | 'otherIds'>): string[] {
  return [id, ...otherIds];
}

interface CachedSteps<T extends Steps> {
  kind: 'goal' | 'task' | 'plan';
  id: string;
  steps: T;
  /** The tasks that are shown. A deferral of theirs ends by itself, so what shows one is not kept. */
  tasksOf(rows: Rows<T>): { status: string; defer_until: string | null }[];
  /** Whether what was read may be kept: what does not exist is not. */
  keeps(rows: Rows<T>): boolean;
}

/**
 * What steps find of one goal, task or plan, by way of the cache where there is one. What they show may change only by
 * operations that write an event of that goal or task, or of one that it depends on (docs/decisions/cache.md).
 */
export function cachedRead<T extends Steps>(
  call: Call,
  { kind, id, steps, tasksOf, keeps }: CachedSteps<T>,
): Promise<Rows<T>> {
  const readNow = () => readTasks(call, steps, tasksOf);
  if (call.cached === undefined) return readNow();
  const mayBeKept = (rows: Rows<T>) => keeps(rows) && tasksOf(rows).every(({ status }) => status !== 'deferred');
  return call.cached.through(`${kind}:${id}`, readNow, mayBeKept);
}
