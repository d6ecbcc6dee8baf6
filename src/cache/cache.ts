import { createHash, randomUUID } from 'node:crypto';
import type { RedisAddress } from './client.ts';
import { fillScript } from './fill-script.ts';
import { longLived, patienceMs, RedisLink } from './link.ts';

export interface CacheOptions {
  address: RedisAddress;
  workspace: string;
  /** What tells this workspace from one of the same name in another database that shares the Redis. */
  identity: string;
  /** Values of another format are not read. */
  format: string;
  onChange: (goneBecause: string | undefined) => void;
  /** For tests: a pause between reading the database and filling the cache. */
  beforeFill?: () => Promise<void>;
}

export interface CacheStatus {
  /** Whether it is in use at this moment. */
  enabled: boolean;
  state: 'ready' | 'unreachable';
  hits: number;
  misses: number;
  errors: number;
}

/** A lease is a reader's, for one key: who loses it may not fill. */
interface Lease {
  token: string;
  generation: string;
}

const valueSeconds = 300;
/** Longer than a statement may take by default; a reader that is slower does not fill. */
const leaseSeconds = 60;
/** A value larger than this is not worth its way. */
const longestValue = 1_000_000;

/**
 * Answers of the database, kept in Redis for others. A value is believed when it belongs to the current generation; it
 * gets there only by a lease that was taken before the database was read and that no write has taken away since.
 * Why no reader gets an older state than the last write returned: docs/decisions/cache.md.
 */
export class Cache {
  readonly #link: RedisLink;
  readonly #options: CacheOptions;
  readonly #prefix: string;
  #hits = 0;
  #misses = 0;

  private constructor(link: RedisLink, options: CacheOptions, prefix: string) {
    this.#link = link;
    this.#options = options;
    this.#prefix = prefix;
  }

  static async open(options: CacheOptions): Promise<Cache> {
    const { address, onChange, workspace, identity } = options;
    const place = createHash('sha256').update(identity).digest('hex').slice(0, 12);
    const prefix = `goal_agent_cache:${workspace}:${place}:`;
    const link = await RedisLink.open({ address, onChange, generationKey: `${prefix}generation` });
    return new Cache(link, options, prefix);
  }

  status(): CacheStatus {
    const { isTrusted, errors } = this.#link;
    const state = isTrusted ? 'ready' : 'unreachable';
    return { enabled: isTrusted, state, hits: this.#hits, misses: this.#misses, errors };
  }

  /** Waits until `status` says what is so: at the start that is after a moment. */
  untilKnown(): Promise<void> {
    return this.#link.known;
  }

  /** What `read` gives, from the cache where it is there. `keeps` says whether it may be kept: it has to be plain JSON. */
  async through<T>(name: string, read: () => Promise<T>, keeps: (value: T) => boolean): Promise<T> {
    const found = await this.#look(this.#prefix + name);
    if (typeof found === 'string') return JSON.parse(found) as T;
    const value = await read();
    if (found !== undefined && keeps(value)) void this.#fill(this.#prefix + name, found, JSON.stringify(value));
    return value;
  }

  /**
   * Takes away what is kept under these names, and the leases of those who are reading it; false when that is not
   * certain. `mark` tells others that it is done.
   */
  remove(names: string[], mark?: string): Promise<boolean> {
    if (names.length === 0) return Promise.resolve(true);
    return this.#link.remove(
      names.map((name) => this.#prefix + name),
      mark && `${this.#prefix}done:${mark}`,
    );
  }

  /** Those of these marks that nobody has set. */
  async unmarked(marks: string[]): Promise<string[]> {
    const found = await this.#link.ask((client) => client.mGet(marks.map((mark) => `${this.#prefix}done:${mark}`)));
    return marks.filter((_, place) => found?.[place] == null);
  }

  /** The same for everything. */
  removeAll(): Promise<boolean> {
    return this.remove(['generation']);
  }

  close(): void {
    this.#link.close();
  }

  /** The value's text, or a lease to fill it with; undefined when the cache cannot be used. */
  async #look(key: string): Promise<string | Lease | undefined> {
    const deadline = performance.now() + patienceMs;
    const wasVouched = this.#link.isVouched;
    const ask = () => this.#link.ask((client) => client.mGet([`${this.#prefix}generation`, key]), deadline);
    let pair = await ask();
    // Redis may have stood still until this moment, with a write's removal still unread beside our question: it has
    // read that once it has answered, so the second answer counts
    if (this.#valueOf(pair) !== undefined && !wasVouched) pair = await ask();
    if (pair === undefined) return undefined;
    const value = this.#valueOf(pair);
    if (value !== undefined) {
      this.#hits += 1;
      return value;
    }
    this.#misses += 1;
    return this.#lease(key, pair[0] ?? undefined, deadline);
  }

  #valueOf(pair: (string | null)[] | undefined): string | undefined {
    const [generation, text] = pair ?? [];
    const start = `${generation}=${this.#options.format}:`;
    return generation && text?.startsWith(start) ? text.slice(start.length) : undefined;
  }

  async #lease(key: string, generation: string | undefined, deadline: number): Promise<Lease | undefined> {
    if (generation === undefined) {
      // somebody ended it; whose new one counts does not matter
      await this.#link.ask((client) => client.set(`${this.#prefix}generation`, randomUUID(), longLived), deadline);
      return undefined;
    }
    const token = `${generation}?${randomUUID()}`;
    const expiration = { expiration: { type: 'EX', value: leaseSeconds } } as const;
    const taken = await this.#link.ask((client) => client.set(key, token, expiration), deadline);
    return taken === undefined ? undefined : { token, generation };
  }

  async #fill(key: string, { token, generation }: Lease, json: string): Promise<void> {
    if (json.length > longestValue) return;
    await this.#options.beforeFill?.();
    const value = `${generation}=${this.#options.format}:${json}`;
    await this.#link.ask((client) =>
      client.eval(fillScript, { keys: [key], arguments: [token, value, String(valueSeconds)] }),
    );
  }
}
