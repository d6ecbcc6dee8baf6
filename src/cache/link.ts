import { randomUUID } from 'node:crypto';
import { type Client, makeClient, type RedisAddress } from './client.ts';
import { within } from './within.ts';

export interface LinkOptions {
  address: RedisAddress;
  generationKey: string;
  /** Told when Redis is gone, with the reason, and when it is back. Not told of what lasts less than a moment. */
  onChange: (goneBecause: string | undefined) => void;
}

/** What a call may wait for Redis in all, in milliseconds. */
export const patienceMs = 40;
/** An answer vouches for Redis for so long, counted from its question. Half of what a writer waits: docs/decisions/cache.md. */
const vouchedMs = 20;
/**
 * A new connection is used only after so long, and lost ones are sought more often than that: when the first process
 * trusts a Redis that came back, all the others can tell it what they write.
 */
const settleMs = 1_000;
/** Nothing is said of what is over after so long; a first connection may take longer. */
const hiccupMs = 250;
const startMs = 2_000;
/** Whether Redis is there is known after so long at the latest: it settles, and answers. */
const knownMs = settleMs + 500;
const generationSeconds = 86_400;
/** Longer than anybody looks back for what is to be removed. */
const markSeconds = 600;

/**
 * The connection to Redis, and whether what Redis says can be trusted. It cannot after anything went wrong (a lost
 * connection, a late answer, a refusal), until a new generation has begun, which nothing that was there before belongs
 * to: this process does not know what it missed.
 */
export class RedisLink {
  readonly #client: Client;
  readonly #options: LinkOptions;
  #trusted = false;
  /** How often trust was lost: an answer from before a loss counts for nothing after it. */
  #losses = 0;
  #regaining = false;
  #unanswered = false;
  #vouchedAt = Number.NEGATIVE_INFINITY;
  #goneTimer: NodeJS.Timeout | undefined;
  #regainTimer: NodeJS.Timeout | undefined;
  #toldGone = false;
  #reason = 'no answer';
  #closed = false;
  errors = 0;
  /** Settled when Redis is trusted for the first time, or lost, or says nothing for too long. */
  readonly known: Promise<void>;
  #makeKnown: () => void = () => {};

  private constructor(client: Client, options: LinkOptions) {
    this.#client = client;
    this.#options = options;
    this.#sayGoneIn(startMs);
    this.known = new Promise((resolve) => {
      this.#makeKnown = resolve;
      setTimeout(resolve, knownMs).unref();
    });
    client.on('error', (error) => this.#lose(error));
    client.on('ready', () => this.#regainIn(settleMs));
    client.connect().catch((error) => this.#lose(error));
  }

  /** Does not wait for Redis. */
  static async open(options: LinkOptions): Promise<RedisLink> {
    return new RedisLink(await makeClient(options.address), options);
  }

  get isTrusted(): boolean {
    return this.#trusted;
  }

  /** Whether Redis answered something that it was asked a moment ago. */
  get isVouched(): boolean {
    return performance.now() - this.#vouchedAt < vouchedMs;
  }

  /** What Redis answers; undefined when it is not to be trusted, or did not answer by the deadline. */
  async ask<T>(
    command: (client: Client) => Promise<T>,
    deadline = performance.now() + patienceMs,
  ): Promise<T | undefined> {
    if (!this.#trusted) return undefined;
    const losses = this.#losses;
    const asked = performance.now();
    try {
      const answer = await within(command(this.#client), deadline - asked);
      if (losses !== this.#losses) return undefined;
      this.#vouchedAt = Math.max(this.#vouchedAt, asked);
      return answer;
    } catch (error) {
      if (losses === this.#losses) this.#lose(error);
      return undefined;
    }
  }

  /**
   * Removes keys, and sets `mark` after that; false when it is not certain. Then nothing in Redis is trusted by anybody
   * once Redis hears of it.
   */
  async remove(keys: string[], mark?: string): Promise<boolean> {
    if (this.#trusted) {
      const both = (client: Client) =>
        Promise.all([client.del(keys), ...(mark === undefined ? [] : [client.set(mark, '', shortLived)])]);
      return (await this.ask(both)) !== undefined;
    }
    await this.#endGeneration();
    return false;
  }

  /**
   * What a process does that does not trust Redis itself, for those who do. While an earlier word is unanswered it does not
   * wait: a Redis that only stands still finds this one before whatever is sent after the write has returned.
   */
  async #endGeneration(): Promise<void> {
    const ended = this.#client.del(this.#options.generationKey).then(
      () => {},
      () => {},
    );
    if (this.#unanswered) return;
    this.#unanswered = true;
    const answered = ended.finally(() => {
      this.#unanswered = false;
    });
    await within(answered, patienceMs).catch(() => {});
  }

  close(): void {
    this.#closed = true;
    this.#makeKnown();
    clearTimeout(this.#goneTimer);
    clearTimeout(this.#regainTimer);
    if (this.#client.isOpen) this.#client.destroy();
  }

  #lose(error: unknown): void {
    const wasTrusted = this.#trusted;
    this.#makeKnown();
    if (wasTrusted) this.errors += 1;
    this.#trusted = false;
    this.#losses += 1;
    this.#reason = reasonOf(error);
    this.#sayGoneIn(hiccupMs);
    if (wasTrusted) void this.#regain();
  }

  #sayGoneIn(ms: number): void {
    if (this.#closed || this.#toldGone) return;
    this.#goneTimer ??= setTimeout(() => {
      this.#toldGone = true;
      this.#options.onChange(this.#reason);
    }, ms).unref();
  }

  /**
   * Begins a new generation, and trusts Redis from then on. Without a limit of time: while Redis stands still the two
   * commands wait in its socket, and are the first that it sees of this process. The DEL is for a Redis that is out of
   * memory: it refuses the SET, and nothing that it holds may be believed meanwhile.
   */
  async #regain(): Promise<void> {
    if (this.#regaining || this.#trusted || this.#closed || !this.#client.isReady) return;
    this.#regaining = true;
    this.#unanswered = true;
    const losses = this.#losses;
    try {
      const { generationKey } = this.#options;
      await Promise.all([this.#client.del(generationKey), this.#client.set(generationKey, randomUUID(), longLived)]);
      if (losses === this.#losses) this.#gain();
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#regaining = false;
      this.#unanswered = false;
    }
    if (!this.#trusted) this.#regainIn(settleMs);
  }

  #regainIn(ms: number): void {
    clearTimeout(this.#regainTimer);
    if (this.#closed) return;
    this.#regainTimer = setTimeout(() => void this.#regain(), ms).unref();
  }

  #gain(): void {
    this.#trusted = true;
    this.#makeKnown();
    clearTimeout(this.#goneTimer);
    this.#goneTimer = undefined;
    if (this.#toldGone) this.#options.onChange(undefined);
    this.#toldGone = false;
  }
}

export const longLived = { expiration: { type: 'EX', value: generationSeconds } } as const;
const shortLived = { expiration: { type: 'EX', value: markSeconds } } as const;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // several addresses were tried: the error of them all has no text of its own
  const one = error instanceof AggregateError ? error.errors[0] : error;
  return one instanceof Error ? one.message : String(one);
}
