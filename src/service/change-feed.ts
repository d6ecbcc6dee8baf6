import type { Cache } from '../cache/cache.ts';
import type { Operation, Watcher } from '../store/database.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { listChanged, listChangedByOperations } from '../store/statements/list-changed.ts';
import { listRecentOperations } from '../store/statements/list-recent-operations.ts';
import type { Store } from '../store/store.ts';

type Changed = Row<typeof listChangedByOperations>;

const everyMs = 400;
/** The cache is used only while the last look at the history is younger than this. */
const freshMs = 1_000;
/** A transaction's events carry the time when it began: one that took no longer than this is seen. */
const windowSeconds = 60;
/** What is in the cache is not older than this. */
const keptSeconds = 300;
const idleMs = 300_000;
/** Past so many operations, or rows that they changed, everything is taken away. */
const mostOperations = 10_000;
const mostChanged = 2_000;

/**
 * Takes out of the cache what writes changed: this process's own writes before they return, and, by the history in
 * PostgreSQL, within a second those whose process could not do so itself because Redis was out of its reach, or it died.
 */
export class ChangeFeed implements Watcher {
  readonly #store: Store;
  readonly #cache: Cache;
  /** Operations whose changes are out of the cache. */
  readonly #done = new Set<number>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lookedOn = 0;
  #usedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(store: Store, cache: Cache) {
    this.#store = store;
    this.#cache = cache;
    void this.#poll();
  }

  /** Whether this process knows of every write that was committed more than a second ago. Asking keeps it so. */
  isFresh(): boolean {
    this.#usedAt = performance.now();
    if (this.#timer === undefined && !this.#polling && !this.#closed) void this.#poll();
    return this.#usedAt - this.#lookedAt < freshMs;
  }

  look({ workspaceId, id, unrecordedTaskIds: taskIds = [] }: Operation) {
    return step(listChanged, { workspaceId, limit: mostChanged, id, taskIds });
  }

  async changed(_operation: Operation, rows: unknown[]): Promise<void> {
    const changed = rows as Row<typeof listChanged>[];
    const operation = changed[0]?.operation ?? undefined;
    const mark = operation === undefined ? undefined : String(operation);
    if ((await this.#remove(changed, mark)) && operation !== undefined) this.#done.add(operation);
  }

  async unknown(): Promise<void> {
    await this.#cache.removeAll();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #polling = false;

  async #poll(): Promise<void> {
    this.#polling = true;
    this.#timer = undefined;
    const lookedAt = performance.now();
    // by the clock on the wall: the other one stands still while a laptop sleeps
    const lookedOn = Date.now();
    try {
      if (await this.#catchUp(Math.ceil((lookedOn - this.#lookedOn) / 1000))) {
        this.#lookedAt = lookedAt;
        this.#lookedOn = lookedOn;
      }
    } catch {
      // the database cannot be reached: the cache is not used until it can, and calls say what is wrong
    }
    this.#polling = false;
    if (this.#closed || performance.now() - this.#usedAt > idleMs) return;
    this.#timer = setTimeout(() => void this.#poll(), everyMs).unref();
  }

  /** Deals with what is new since the last look, so many seconds ago; false when it is not certain that all is done. */
  async #catchUp(secondsSince: number): Promise<boolean> {
    const { database, workspaceId } = this.#store;
    if (!this.#cache.status().enabled) return false;
    const seconds = windowSeconds + Math.min(keptSeconds, Math.max(0, secondsSince));
    const recent = step(listRecentOperations, { workspaceId, seconds, limit: mostOperations });
    const { rows } = await database.read({ rows: recent });
    const news = rows.map((row) => row.operation).filter((operation) => !this.#done.has(operation));
    if (news.length === 0) return true;
    const operations = (await this.#cache.unmarked(news.map(String))).map(Number);
    const isDone =
      operations.length === 0 ||
      (await (rows.length === mostOperations ? this.#cache.removeAll() : this.#removeChangedBy(operations)));
    if (isDone) this.#remember(news);
    return isDone;
  }

  async #removeChangedBy(operations: number[]): Promise<boolean> {
    const { database, workspaceId } = this.#store;
    const params = { workspaceId, operations, limit: mostChanged };
    return this.#remove((await database.read({ changed: step(listChangedByOperations, params) })).changed);
  }

  /** What is forgotten here is only taken out once more. */
  #remember(operations: number[]): void {
    if (this.#done.size > 2 * mostOperations) this.#done.clear();
    for (const operation of operations) this.#done.add(operation);
  }

  #remove(changed: Changed[], mark?: string): Promise<boolean> {
    if (changed.length >= mostChanged) return this.#cache.removeAll();
    const names = changed.flatMap(({ goal_id, task_id }) => [
      ...(task_id === null ? [] : [`task:${task_id}`]),
      `goal:${goal_id}`,
      `plan:${goal_id}`,
    ]);
    return this.#cache.remove([...new Set(names)], mark);
  }
}
