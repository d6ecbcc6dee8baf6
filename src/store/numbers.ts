import type { Database } from './database.ts';
import { takeNumbers } from './functions/take-numbers.ts';
import { step } from './steps.ts';
import { workspaceIsGone } from './workspace-is-gone.ts';

export type CounterKind = 'goal' | 'task' | 'note' | 'resource';

interface Waiting {
  count: number;
  resolve: (first: number) => void;
  reject: (error: unknown) => void;
}

/**
 * Gives out numbers that nobody else gets, for all creations that wait in this process at once. Gaps are allowed, reuse
 * is not. Why it is safe without waiting for a disk flush: docs/decisions/numbers.md.
 */
export class Numbers {
  readonly #database: Database;
  readonly #workspaceId: number;
  readonly #waiting = new Map<CounterKind, Waiting[]>();
  readonly #taking = new Set<CounterKind>();

  constructor(database: Database, workspaceId: number) {
    this.#database = database;
    this.#workspaceId = workspaceId;
  }

  /** The first of `count` numbers in a row. */
  take(kind: CounterKind, count: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(kind) ?? [];
      queue.push({ count, resolve, reject });
      this.#waiting.set(kind, queue);
      void this.#serve(kind);
    });
  }

  /** One request at a time for each kind: those that come meanwhile are served together by the next. */
  async #serve(kind: CounterKind): Promise<void> {
    if (this.#taking.has(kind)) return;
    this.#taking.add(kind);
    for (let batch = this.#drain(kind); batch.length > 0; batch = this.#drain(kind)) {
      const total = batch.reduce((sum, each) => sum + each.count, 0);
      try {
        let first = await this.#fetch(kind, total);
        for (const each of batch) {
          each.resolve(first);
          first += each.count;
        }
      } catch (error) {
        for (const each of batch) each.reject(error);
      }
    }
    this.#taking.delete(kind);
  }

  #drain(kind: CounterKind): Waiting[] {
    const batch = this.#waiting.get(kind) ?? [];
    this.#waiting.set(kind, []);
    return batch;
  }

  async #fetch(kind: CounterKind, count: number): Promise<number> {
    const params = { workspaceId: this.#workspaceId, kind, count };
    const { taken } = await this.#database.repeat({ taken: step(takeNumbers.call, params) });
    const [row] = taken;
    if (row === undefined) throw workspaceIsGone();
    return row.first;
  }
}
