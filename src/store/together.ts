import { GoalAgentError } from '../domain/errors.ts';
import type { Held } from './held.ts';
import { type Change, type Sent, sendTogether } from './sending.ts';
import type { CallOptions, Rows, Steps } from './steps.ts';

/** Changes that one connection takes at once. */
const mostTogether = 64;
/** Connections that changes gather behind. With fewer the flush of one stands still, with more there is less to gather. */
const flights = 2;
/** A flight that waits so long for somebody's lock holds up nobody else: those who come gather behind another. */
const slowMs = 20;

/** Lends a connection to some work. */
type Hold = <T>(work: (held: Held) => Promise<T>) => Promise<T>;

interface Waiting extends Change {
  take(answer: PromiseSettledResult<Sent<unknown>>): void;
  isCancelled: boolean;
}

/**
 * Lets changes that come while others are being flushed share their connection, their packet and their flush. Each is a
 * transaction of its own: what is wrong with one concerns no other (docs/decisions/together.md).
 */
export class Together {
  readonly #hold: Hold;
  #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(hold: Hold) {
    this.#hold = hold;
  }

  /** Whether a change that comes now would find others under way. */
  get isBusy(): boolean {
    return this.#underWay >= flights;
  }

  /** A change that goes alone counts, too: those that come meanwhile gather. */
  async alone<R>(work: () => Promise<R>): Promise<R> {
    const land = this.#takeOff();
    try {
      return await work();
    } finally {
      land();
    }
  }

  /** Sends a change with the next flight. A change that was sent cannot be taken back: others are in its packet. */
  join<T extends Steps>(change: Change<T>, { signal }: CallOptions): Promise<Sent<Rows<T>>> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        waiting.isCancelled = true;
        reject(new GoalAgentError('cancelled', 'The call was cancelled.'));
      };
      const waiting: Waiting = {
        ...change,
        isCancelled: false,
        take(answer) {
          signal?.removeEventListener('abort', cancel);
          if (answer.status === 'fulfilled') resolve(answer.value as Sent<Rows<T>>);
          else reject(answer.reason);
        },
      };
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(waiting);
      this.#send();
    });
  }

  #send(): void {
    while (!this.isBusy && this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, mostTogether).filter(({ isCancelled }) => !isCancelled);
      if (together.length > 0) void this.#fly(together);
    }
  }

  async #fly(together: Waiting[]): Promise<void> {
    const land = this.#takeOff();
    try {
      const answers = await this.#hold(async (held) => {
        const settled = await Promise.allSettled(sendTogether(held, together));
        return settled.map((each) => (each.status === 'fulfilled' ? each : refused(held.failure(each.reason))));
      });
      for (const [place, answer] of answers.entries()) together[place]?.take(answer);
    } catch (error) {
      // there was no connection, or it is gone: each change judges for itself what that means
      for (const each of together) each.take(refused(error));
    } finally {
      land();
    }
  }

  /** Counts a flight, as long as it is not slow; gives back what ends it. */
  #takeOff(): () => void {
    let counts = true;
    this.#underWay += 1;
    const end = () => {
      if (!counts) return;
      counts = false;
      this.#underWay -= 1;
      this.#send();
    };
    const slow = setTimeout(end, slowMs).unref();
    return () => {
      clearTimeout(slow);
      end();
    };
  }
}

function refused(reason: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason };
}
