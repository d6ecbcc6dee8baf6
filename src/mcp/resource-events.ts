import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryServerEventBus, type ServerEvent, type ServerEventBus } from '@modelcontextprotocol/server';
import type { Change } from '../domain/change.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { PoolCall } from '../service/call.ts';
import { watchChanges } from '../service/watch-changes.ts';

/** After a failure the changes are looked for again. */
const againAfterMs = 1_000;
/** A client that subscribes waits no longer than this for a store that is away. */
const longestWaitMs = 5_000;

const notFollowed =
  'Changes cannot be followed at the moment, since the database is away. Subscribe again in a few seconds.';

/** Tells the subscribers of one workspace which resources changed, whichever process changed them. */
export class ResourceEvents implements ServerEventBus {
  readonly #bus = new InMemoryServerEventBus();
  readonly #open: () => Promise<PoolCall>;
  #watching: AbortController | undefined;
  readonly #mostWaitMs: number;
  #onBegun: (() => void)[] = [];
  #hasBegun = false;
  #mayHaveMissed = false;
  #onMissed: () => void = () => {};

  constructor(open: () => Promise<PoolCall>, mostWaitMs = longestWaitMs) {
    this.#open = open;
    this.#mostWaitMs = mostWaitMs;
  }

  /** `told` is called when changes are followed at last, and some may have been missed: whatever is watched may differ. */
  whenMissed(told: () => void): void {
    this.#onMissed = told;
  }

  publish(event: ServerEvent): void {
    this.#bus.publish(event);
  }

  /** The changes are followed only while somebody listens. */
  subscribe(listener: (event: ServerEvent) => void): () => void {
    const leave = this.#bus.subscribe(listener);
    if (this.#watching === undefined) void this.#watch();
    return () => {
      leave();
      if (this.#bus.listenerCount > 0) return;
      this.#watching?.abort();
      this.#watching = undefined;
    };
  }

  /**
   * Waits until changes are followed: no change after that is missed. Where the store is away it waits for a while only, and
   * gives back false: `whenMissed` tells of the end of that.
   */
  async untilFollowing(): Promise<boolean> {
    if (this.#hasBegun) return true;
    const begun = new Promise<true>((resolve) => this.#onBegun.push(() => resolve(true)));
    const isFollowing = await Promise.race([begun, sleep(this.#mostWaitMs, false, { ref: false })]);
    this.#mayHaveMissed ||= !isFollowing;
    return isFollowing;
  }

  /**
   * Does some work while changes are followed: a subscription that begins in it misses none.
   * @throws GoalAgentError `unavailable` where the store is away
   */
  async following<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.subscribe(() => {});
    try {
      if (!(await this.untilFollowing())) throw new GoalAgentError('unavailable', notFollowed);
      return await work();
    } finally {
      leave();
    }
  }

  async #watch(): Promise<void> {
    const watching = new AbortController();
    this.#watching = watching;
    this.#hasBegun = false;
    const { signal } = watching;
    let since: string | undefined;
    while (!signal.aborted) {
      try {
        const { store } = await this.#open();
        for await (const { changes, position } of watchChanges(store, { since, signal })) {
          since = position;
          this.#begin();
          for (const uri of new Set(changes.flatMap(urisOf))) this.publish({ kind: 'resource_updated', uri });
        }
      } catch {
        // a position whose history is gone is left: what changed since may be missed
        this.#mayHaveMissed ||= since !== undefined;
        since = undefined;
        await sleep(againAfterMs, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const wake of this.#onBegun.splice(0)) wake();
    if (!this.#mayHaveMissed) return;
    this.#mayHaveMissed = false;
    this.#onMissed();
  }
}

/** The pages that show something else since this change. */
function urisOf({ task_id, goal_ids }: Change): string[] {
  const task = task_id === null ? [] : [`task://${task_id}`];
  return [...task, ...goal_ids.flatMap((id) => [`goal://${id}`, `plan://${id}`])];
}
