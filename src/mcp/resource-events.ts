import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryServerEventBus, type ServerEvent, type ServerEventBus } from '@modelcontextprotocol/server';
import type { Change } from '../domain/change.ts';
import type { PoolCall } from '../service/call.ts';
import { watchChanges } from '../service/watch-changes.ts';

/** After a failure the changes are looked for again. */
const againAfterMs = 1_000;
/** A client that subscribes waits no longer than this for a store that is away. */
const mostWaitMs = 2_000;

/** Tells the subscribers of one workspace which resources changed, whichever process changed them. */
export class ResourceEvents implements ServerEventBus {
  readonly #bus = new InMemoryServerEventBus();
  readonly #open: () => Promise<PoolCall>;
  #watching: AbortController | undefined;
  #onBegun: (() => void)[] = [];
  #hasBegun = false;

  constructor(open: () => Promise<PoolCall>) {
    this.#open = open;
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

  /** Waits until changes are followed: no change after that is missed. Waits for a while only where the store is away. */
  async untilFollowing(): Promise<void> {
    if (this.#hasBegun) return;
    const begun = new Promise<void>((resolve) => this.#onBegun.push(resolve));
    await Promise.race([begun, sleep(mostWaitMs, undefined, { ref: false })]);
  }

  /** Does some work while changes are followed: a subscription that begins in it misses none. */
  async following<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.subscribe(() => {});
    try {
      await this.untilFollowing();
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
        // a position whose history is gone is left; what the subscribers read next is right in any case
        since = undefined;
        await sleep(againAfterMs, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const wake of this.#onBegun.splice(0)) wake();
  }
}

/** The pages that show something else since this change. */
function urisOf({ task_id, goal_ids }: Change): string[] {
  const task = task_id === null ? [] : [`task://${task_id}`];
  return [...task, ...goal_ids.flatMap((id) => [`goal://${id}`, `plan://${id}`])];
}
