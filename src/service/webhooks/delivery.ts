import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '../../domain/change.ts';
import { isWanted } from '../../domain/change-types.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import { step } from '../../store/database.ts';
import type { Row } from '../../store/statement.ts';
import { flush } from '../../store/statements/flush.ts';
import { type leaseWebhooks, recordDelivery, recordFailure, recordPosition } from '../../store/statements/webhooks.ts';
import type { Store } from '../../store/store.ts';
import { concerns } from '../read-changes.ts';
import { watchChanges } from '../watch-changes.ts';
import type { Lease } from './lease.ts';
import { changeMessage } from './messages.ts';
import { patienceSeconds, pauseAfter } from './retries.ts';
import { sendInOrder } from './send-in-order.ts';
import type { Outcome, Sender } from './sender.ts';

/** Changes after which it is written down how far the receiver was told. */
const mostAtOnce = 50;
/** How often a position is written down that moved without a message. */
const positionEveryMs = 60_000;
const againAfterMs = 1_000;
/** Between the moment in which a lease is looked at and the message that goes out. */
const marginMs = 1_000;
/** How long a stop waits for answers. */
const lastMomentMs = 3_000;

export type Leased = Row<typeof leaseWebhooks>;

/** Told of what becomes of messages, for the log and for figures. */
export interface DeliveryReport {
  delivered(count: number): void;
  failed(webhookId: string, what: string): void;
  switchedOff(webhookId: string, what: string): void;
}

export interface DeliveryParts {
  store: Store;
  sender: Sender;
  report: DeliveryReport;
  /** What this process is known by in its leases. */
  holder: string;
}

/** Brings the changes to one webhook's receiver, while this process holds its lease. */
export class Delivery {
  readonly #webhook: Leased;
  readonly #parts: DeliveryParts;
  readonly #stop = new AbortController();
  readonly #cut = new AbortController();
  /** What the receiver has taken after the position that is written down. */
  readonly #taken = new Set<string>();
  #position: string;
  #writtenAt = performance.now();
  #attempts = 0;
  #lease: Lease | undefined;
  #running: Promise<void> | undefined;

  constructor(webhook: Leased, parts: DeliveryParts) {
    this.#webhook = webhook;
    this.#parts = parts;
    this.#position = webhook.position;
  }

  /** Whether this goes on, or could, from that position. */
  isAt(position: string): boolean {
    return !this.#stop.signal.aborted && (this.#running !== undefined || this.#position === position);
  }

  renew(lease: Lease): void {
    this.#lease = lease;
  }

  /** Goes on until the receiver fails, as it did so many times in a row. */
  start(attempts: number): void {
    if (this.#running !== undefined) return;
    this.#attempts = attempts;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** For good. Messages that are on their way have a moment to arrive; otherwise they are sent again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const timer = setTimeout(() => this.#cut.abort(), lastMomentMs);
    await this.#running;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const page of watchChanges(this.#parts.store, { since: this.#position, signal })) {
          if (!(await this.#deliver(page.changes))) return;
          if (page.position !== this.#position && this.#isDue()) await this.#write(page.position, false);
        }
      } catch (error) {
        if (error instanceof GoalAgentError && error.code === 'conflict') return this.#lostPosition();
        // the database is away: it is asked again
        await sleep(againAfterMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  #isDue(): boolean {
    return performance.now() - this.#writtenAt > positionEveryMs;
  }

  /** False when the receiver did not take them all, or this process may not go on. */
  async #deliver(changes: readonly Change[]): Promise<boolean> {
    const { types, goal_id } = this.#webhook;
    const wanted = changes.filter((change) => isWanted(change, types) && concerns(change, goal_id ?? undefined));
    if (wanted.length === 0) return true;
    // what leaves the house is on the disk: a crash cannot take it back
    await this.#parts.store.database.repeat({ flushed: step(flush, {}) });
    for (let first = 0; first < wanted.length; first += mostAtOnce) {
      if (!(await this.#deliverSome(wanted.slice(first, first + mostAtOnce)))) return false;
    }
    return true;
  }

  async #deliverSome(changes: readonly Change[]): Promise<boolean> {
    const { signal } = this.#stop;
    const left = changes.filter(({ position }) => !this.#taken.has(position));
    const refused = await sendInOrder(left, {
      send: (change) => this.#send(change),
      taken: ({ position }) => this.#taken.add(position),
      signal,
    });
    this.#parts.report.delivered(left.filter(({ position }) => this.#taken.has(position)).length);
    const firstLeft = changes.findIndex(({ position }) => !this.#taken.has(position));
    const told = firstLeft === -1 ? changes : changes.slice(0, firstLeft);
    const last = told.at(-1);
    if (last !== undefined && !(await this.#write(last.position, true))) return false;
    for (const { position } of told) this.#taken.delete(position);
    if (refused !== undefined && !signal.aborted) await this.#fail(refused);
    return firstLeft === -1 && !signal.aborted;
  }

  async #send(change: Change): Promise<Outcome> {
    const { sender, store } = this.#parts;
    const { signal } = this.#stop;
    while (!signal.aborted && !this.#lease?.lastsFor(sender.timeoutMs + marginMs)) {
      await sleep(againAfterMs, undefined, { signal }).catch(() => {}); // until the lease is renewed
    }
    return sender.send(changeMessage(this.#webhook, store.workspace, change), this.#cut.signal);
  }

  /** False where another process has the lease by now. */
  async #write(position: string, isTold: boolean): Promise<boolean> {
    const { store, holder } = this.#parts;
    const { workspaceId, database } = store;
    const row = { workspaceId, id: this.#webhook.id, holder, position };
    const { written } = await database.repeat({ written: step(isTold ? recordDelivery : recordPosition, row) });
    if (written.length === 0) {
      this.#stop.abort();
      return false;
    }
    this.#position = position;
    if (isTold) this.#attempts = 0;
    this.#writtenAt = performance.now();
    return true;
  }

  /** There is no place to go on from, and nobody but a person can say what the receiver is to be told. */
  async #lostPosition(): Promise<void> {
    const what = 'was told of a history that this database does not have any more';
    await this.#fail({ isTaken: false, isGone: true, what, retryAfterSeconds: undefined });
  }

  async #fail({ what, isGone, retryAfterSeconds = 0 }: Outcome): Promise<void> {
    const { store, holder, report } = this.#parts;
    const { workspaceId, database } = store;
    const { id } = this.#webhook;
    const failure = step(recordFailure, {
      ...{ workspaceId, id, holder, patienceSeconds, isFinal: isGone },
      note: `The receiver ${what}.`,
      pauseSeconds: Math.max(pauseAfter(this.#attempts + 1), retryAfterSeconds),
    });
    const {
      recorded: [row],
    } = await database.repeat({ recorded: failure });
    if (row === undefined || row.is_off) this.#stop.abort();
    if (row?.is_off) report.switchedOff(id, what);
    else report.failed(id, what);
  }
}
