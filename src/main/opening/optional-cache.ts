import { CachedReads } from '../../service/cached-reads.ts';
import type { Store } from '../../store/store.ts';
import type { AgentFacts } from '../../tools/define/define-tool.ts';
import type { Config } from '../config.ts';
import { version } from '../version.ts';

/** The receiver of notices about the cache: the log, as a rule. */
export interface CacheLog {
  info(line: string): void;
  warn(line: string): void;
}

/** The cache of the configuration, if it names one, for the store that is open. */
export class OptionalCache {
  readonly #config: Config['cache'];
  readonly #log: CacheLog;
  #cached: CachedReads | undefined;

  constructor({ cache }: Pick<Config, 'cache'>, log: CacheLog) {
    this.#config = cache;
    this.#log = log;
  }

  /** The cache that reads go through; undefined where there is none. */
  get reads(): CachedReads | undefined {
    return this.#cached;
  }

  facts(): AgentFacts['cache'] {
    const none = { hits: 0, misses: 0, errors: 0 };
    if (this.#config.kind === 'off') return { enabled: false, state: 'off', ...none };
    return this.#cached?.status() ?? { enabled: false, state: 'unreachable', ...none };
  }

  /** From now on the store's writes keep the cache right. A missing cache stops nobody. */
  async attachTo(store: Store): Promise<void> {
    if (this.#config.kind === 'off') return;
    this.close();
    try {
      this.#cached = await CachedReads.open(store, {
        address: this.#config.connection,
        format: version,
        onChange: (goneBecause) => this.#say(goneBecause),
      });
    } catch (error) {
      this.#log.warn(`the Redis cache is not used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Waits for the first word of Redis after the start, or for its absence. */
  async untilKnown(): Promise<void> {
    await this.#cached?.untilKnown();
  }

  close(): void {
    this.#cached?.close();
    this.#cached = undefined;
  }

  #say(goneBecause: string | undefined): void {
    if (goneBecause === undefined) this.#log.info('the Redis cache is back');
    else this.#log.warn(`the Redis cache cannot be used, so PostgreSQL answers alone: ${goneBecause}`);
  }
}
