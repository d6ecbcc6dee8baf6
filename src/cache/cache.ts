import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, RedisAddress } from './client.ts';
import { within } from './within.ts';

export interface CacheOptions {
  address: RedisAddress;
  /** What the keys begin with: no other workspace that shares the Redis has the same. */
  prefix: string;
  /** Values of another format are not read. */
  format: string;
  /** Told when Redis is gone, with the reason, and when it is back. Not told of what lasts less than two seconds. */
  onChange: (goneBecause: string | undefined) => void;
}

export interface CacheStatus {
  /** Whether it is in use at this moment. */
  enabled: boolean;
  state: 'ready' | 'unreachable';
  hits: number;
  misses: number;
  errors: number;
}

/** What a call may wait for Redis, in milliseconds. */
export const patienceMs = 40;
/** A new connection is trusted only after so long. A process without a connection looks for one more often than that. */
const settleMs = 1_000;
const quietMs = 2_000;
const valueLife = { expiration: { type: 'EX', value: 300 } } as const;
const stampLife = { expiration: { type: 'EX', value: 3_600 } } as const;
/** A value larger than this is not worth its way. */
const longestValue = 1_000_000;
const everything = 'all';

/**
 * Answers of the database, kept in Redis for others. A value names two stamps, its own and that of all values: random
 * texts that were in Redis before the database was read. The value counts while both are still there, and a write
 * deletes stamps. Why no reader gets an older state than the last write returned: docs/decisions/cache.md.
 */
export class Cache {
  readonly #client: Client;
  readonly #options: CacheOptions;
  #isTrusted = false;
  #connectedAt = 0;
  /** Questions that Redis did not answer in time, and has not answered since. */
  #unanswered = 0;
  #lostAt = performance.now();
  #reason: string | undefined;
  #toldGone = false;
  readonly #counts = { hits: 0, misses: 0, errors: 0 };

  private constructor(client: Client, options: CacheOptions) {
    this.#client = client;
    this.#options = options;
    client.on('ready', () => {
      this.#connectedAt = performance.now();
    });
    client.on('error', (error) => this.#lose(error));
    client.connect().catch((error) => this.#lose(error));
  }

  /** Does not wait for Redis. It is used once `renew` says so, which has to be asked again and again. */
  static async open(options: CacheOptions): Promise<Cache> {
    // loaded here: whoever has no cache does not pay for the library
    const { makeClient } = await import('./client.ts');
    return new Cache(makeClient(options.address), options);
  }

  status(): CacheStatus {
    return { enabled: this.#isTrusted, state: this.#isTrusted ? 'ready' : 'unreachable', ...this.#counts };
  }

  /** Waits until `status` says what is so: at the start that is after a moment. */
  async untilKnown(): Promise<void> {
    const end = performance.now() + 2 * settleMs;
    while (!this.#isTrusted && this.#reason === undefined && performance.now() < end) await sleep(10);
  }

  /** What `read` gives, from the cache where it is there. `keeps` says whether it may be kept: it has to be plain JSON. */
  async through<T>(name: string, read: () => Promise<T>, keeps: (value: T) => boolean): Promise<T> {
    const found = await this.#ask(() => this.#look(name));
    if (found === undefined) return read();
    this.#counts[found.json === undefined ? 'misses' : 'hits'] += 1;
    if (found.json !== undefined) return JSON.parse(found.json) as T;
    const value = await read();
    const text = keeps(value) ? found.start + JSON.stringify(value) : undefined;
    if (text !== undefined && text.length <= longestValue) {
      void this.#ask(() => this.#client.set(this.#keyOf(name), text, valueLife));
    }
    return value;
  }

  /**
   * Takes away what is kept under these names, and then marks the operations that changed it; false when that is not
   * certain. Waits no longer than `patienceMs`.
   */
  async remove(names: string[], operations: string[] = []): Promise<boolean> {
    if (names.length === 0) return true;
    if (!this.#client.isReady) return false;
    const answer = Promise.all([
      this.#client.del(names.flatMap((name) => [this.#stampKeyOf(name), this.#keyOf(name)])),
      ...operations.map((id) => this.#client.set(this.#keyOf(id), '', stampLife)),
    ]);
    if (this.#unanswered === 0) return (await this.#inTime(answer)) !== undefined;
    // a Redis that stands still is not waited for again: it finds this before whatever is asked after the write returned
    answer.catch(() => {});
    return false;
  }

  /** Takes away everything. */
  removeAll(): Promise<boolean> {
    return this.remove([everything]);
  }

  /** Those of these operations that nobody has marked. */
  async unmarked(operations: string[]): Promise<string[]> {
    if (operations.length === 0) return [];
    const marks = await this.#ask(() => this.#client.mGet(operations.map((id) => this.#keyOf(id))));
    return operations.filter((_, place) => marks?.[place] == null);
  }

  /** Trusts Redis again where that may be, and nothing of what was there before. Whether it is trusted now. */
  async renew(): Promise<boolean> {
    const isSettled = this.#client.isReady && performance.now() - this.#connectedAt >= settleMs;
    if (!this.#isTrusted && isSettled && this.#unanswered === 0) {
      this.#isTrusted = (await this.#inTime(this.#stamp(everything))) !== undefined;
    }
    this.#tell();
    return this.#isTrusted;
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** What is kept under this name, where it counts; and what a value has to start with that may be put there. */
  async #look(name: string): Promise<{ start: string; json: string | undefined }> {
    const guards = [everything, name];
    const keys = [...guards.map((guard) => this.#stampKeyOf(guard)), this.#keyOf(name)];
    let answer = await this.#client.mGet(keys);
    // Redis may have stood still until this moment, with a write's removal still unread beside our question: it has
    // read that once it has answered, so the second answer counts
    if (answer[2] != null) answer = await this.#client.mGet(keys);
    const stamps = await Promise.all(guards.map((guard, place) => answer[place] ?? this.#stamp(guard)));
    const start = `${stamps.join('/')}=${this.#options.format}:`;
    const text = answer[2];
    return { start, json: text?.startsWith(start) ? text.slice(start.length) : undefined };
  }

  async #stamp(name: string): Promise<string> {
    const stamp = randomUUID();
    await this.#client.set(this.#stampKeyOf(name), stamp, stampLife);
    return stamp;
  }

  #keyOf(name: string): string {
    return `${this.#options.prefix}:${name}`;
  }

  #stampKeyOf(name: string): string {
    return `${this.#keyOf(name)}:stamp`;
  }

  /** The same where Redis is trusted, and otherwise nothing. */
  async #ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    return this.#isTrusted ? this.#inTime(question()) : undefined;
  }

  /** What Redis answers in time; undefined otherwise, and then it is trusted no longer. */
  async #inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await within(answer, patienceMs);
    } catch (error) {
      this.#lose(error);
      this.#unanswered += 1;
      const settled = () => {
        this.#unanswered -= 1;
      };
      answer.then(settled, settled);
      return undefined;
    }
  }

  #lose(error: unknown): void {
    if (this.#isTrusted) {
      this.#lostAt = performance.now();
      this.#counts.errors += 1;
    }
    this.#isTrusted = false;
    this.#reason = reasonOf(error);
  }

  #tell(): void {
    const isGone = !this.#isTrusted && performance.now() - this.#lostAt >= quietMs;
    if (this.#toldGone ? !this.#isTrusted : !isGone) return;
    this.#toldGone = isGone;
    this.#options.onChange(isGone ? (this.#reason ?? 'no answer') : undefined);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // several addresses were tried: the error of them all has no text of its own
  const one = error instanceof AggregateError ? error.errors[0] : error;
  return one instanceof Error ? one.message : String(one);
}
