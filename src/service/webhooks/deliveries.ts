import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { step } from '../../store/database.ts';
import { leaseWebhooks, listWorkspacesWithWebhooks, releaseWebhooks } from '../../store/statements/webhooks.ts';
import type { Store } from '../../store/store.ts';
import { Delivery, type DeliveryReport, type Leased } from './delivery.ts';
import { Lease } from './lease.ts';
import { Sender } from './sender.ts';

export interface DeliveriesOptions {
  /** The store of this process; another one after the way to the database was lost. */
  openStore: () => Promise<Store>;
  /** The store of any workspace of the same database. */
  storeOf: (own: Store, workspace: { workspaceId: number; workspace: string }) => Store;
  /** Whether receivers may be at addresses that are not public. */
  allowPrivate: boolean;
  report: DeliveryReport;
  /** How often leases are renewed, and how long each lasts without. */
  everyMs?: number;
  leaseSeconds?: number;
}

export interface Deliveries {
  /** Lets others go on at once. */
  stop(): Promise<void>;
}

const defaults = { everyMs: 5_000, leaseSeconds: 30 };

/**
 * Brings changes to the webhooks of all workspaces, until it is stopped. Any number of processes may do so on one database:
 * each webhook is served by one of them at a time, and by another one some seconds after that has died.
 */
export function startDeliveries(options: DeliveriesOptions): Deliveries {
  const loop = new DeliveryLoop({ ...defaults, ...options });
  const running = loop.run();
  return {
    async stop() {
      loop.stop();
      await running;
    },
  };
}

class DeliveryLoop {
  readonly #options: Required<DeliveriesOptions>;
  readonly #sender: Sender;
  readonly #holder = randomUUID();
  readonly #stopping = new AbortController();
  readonly #deliveries = new Map<string, Delivery>();
  #own: Store | undefined;

  constructor(options: Required<DeliveriesOptions>) {
    this.#options = options;
    this.#sender = new Sender({ allowPrivate: options.allowPrivate });
  }

  stop(): void {
    this.#stopping.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // the database is away: leases run out, and are taken again later
      await this.#renew().catch(() => {});
      await sleep(this.#options.everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
    await this.#drop(() => true);
    await this.#release().catch(() => {}); // otherwise they run out
    this.#sender.close();
  }

  async #renew(): Promise<void> {
    const own = await this.#options.openStore();
    if (own.database !== this.#own?.database) await this.#drop(() => true);
    this.#own = own;
    const present = new Set<string>();
    for (const store of await this.#stores(own)) {
      for (const key of await this.#renewWorkspace(store)) present.add(key);
    }
    await this.#drop((key) => !present.has(key));
  }

  /** Starts what is due, and gives back the keys of all that this process holds. */
  async #renewWorkspace(store: Store): Promise<string[]> {
    const { leaseSeconds: seconds } = this.#options;
    const { database, workspaceId } = store;
    const lease = new Lease(seconds);
    const { held } = await database.repeat({
      held: step(leaseWebhooks, { workspaceId, holder: this.#holder, seconds }),
    });
    for (const webhook of held) {
      const delivery = await this.#deliveryOf(webhook, store);
      delivery.renew(lease);
      if (webhook.wait_seconds === 0) delivery.start(webhook.attempts);
    }
    return held.map(({ id }) => keyOf(store, id));
  }

  /** The one that is under way, unless somebody else served the webhook in between. */
  async #deliveryOf(webhook: Leased, store: Store): Promise<Delivery> {
    const key = keyOf(store, webhook.id);
    const known = this.#deliveries.get(key);
    if (known?.isAt(webhook.position)) return known;
    await known?.stop();
    const { report } = this.#options;
    const made = new Delivery(webhook, { store, sender: this.#sender, report, holder: this.#holder });
    this.#deliveries.set(key, made);
    return made;
  }

  async #stores(own: Store): Promise<Store[]> {
    const { workspaces } = await own.database.read({ workspaces: step(listWorkspacesWithWebhooks, {}) });
    return workspaces.map(({ id, name }) => this.#options.storeOf(own, { workspaceId: id, workspace: name }));
  }

  async #drop(isOver: (key: string) => boolean): Promise<void> {
    const over = [...this.#deliveries].filter(([key]) => isOver(key));
    await Promise.all(over.map(([, delivery]) => delivery.stop()));
    for (const [key] of over) this.#deliveries.delete(key);
  }

  async #release(): Promise<void> {
    if (this.#own === undefined) return;
    for (const { database, workspaceId } of await this.#stores(this.#own)) {
      await database.repeat({ released: step(releaseWebhooks, { workspaceId, holder: this.#holder }) });
    }
  }
}

function keyOf({ workspaceId }: Store, webhookId: string): string {
  return `${workspaceId}/${webhookId}`;
}
