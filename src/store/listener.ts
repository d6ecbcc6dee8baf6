import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from './session.ts';

/** The first key of the lock that marks a channel that somebody listens on: nobody is notified without it (docs/decisions/waits.md). */
export const waitingMark = 1196376901;

/** A transaction that saw no mark may be committed so long after the mark is there. */
const againAfterMarkMs = [250, 2_000];

/** Between two tries to get the connection back. */
const againAfterMs = { first: 250, most: 5_000 };

/** Told of news, and of each time when news may have been missed. */
type Hear = () => void;

/**
 * Hears what committed transactions notify, over one connection of its own, which is there only while somebody listens.
 * Behind a pooler nothing is heard: it gives the connection of a LISTEN to its next client.
 */
export class Listener {
  readonly #connect: () => Promise<Session>;
  readonly #channels = new Map<string, Set<Hear>>();
  #session: Session | undefined;
  /** Ends the present connection, or the tries to get one. */
  #stop: AbortController | undefined;

  /** @param connect gives a session that nobody else uses */
  constructor(connect: () => Promise<Session>) {
    this.#connect = connect;
  }

  /** Whether what is notified now is heard. */
  get isHearing(): boolean {
    return this.#session !== undefined;
  }

  /** Tells `hear` of what is notified on the channel, until the caller leaves. It is first told when the channel is heard. */
  listen(channel: string, hear: Hear): () => void {
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners);
    listeners.add(hear);
    if (this.#stop === undefined) void this.#run();
    else if (listeners.size === 1 && this.#session !== undefined) void this.#hearOf(channel, this.#session);
    return () => this.#leave(channel, hear);
  }

  /** Ends the connection, whoever listens. */
  close(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  #leave(channel: string, hear: Hear): void {
    const listeners = this.#channels.get(channel);
    if (listeners?.delete(hear) !== true || listeners.size > 0) return;
    this.#channels.delete(channel);
    if (this.#channels.size === 0) this.close();
    else if (this.#session !== undefined) void stopListening(this.#session, channel).catch(() => {});
  }

  async #run(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    const { signal } = stop;
    for (let delayMs = againAfterMs.first; !signal.aborted; delayMs = Math.min(2 * delayMs, againAfterMs.most)) {
      const session = await this.#connect().catch(() => undefined);
      if (session !== undefined) {
        if (!signal.aborted && !session.isPooled && (await this.#hearUntilLost(session, signal))) {
          delayMs = againAfterMs.first;
        }
        await session.end().catch(() => {});
        if (session.isPooled) return;
      }
      await sleep(delayMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Whether anything was heard at all. */
  async #hearUntilLost(session: Session, signal: AbortSignal): Promise<boolean> {
    const lost = new Promise<void>((resolve) => {
      for (const event of ['error', 'end']) session.once(event, () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    session.on('notification', ({ channel }) => this.#tell(channel));
    const channels = [...this.#channels.keys()];
    const begun = await Promise.all(channels.map((channel) => listenOn(session, channel))).catch(() => undefined);
    if (begun === undefined || signal.aborted) return false;
    this.#session = session;
    // whoever came meanwhile is not among them
    for (const channel of this.#channels.keys()) {
      if (channels.includes(channel)) this.#tellMarked(channel);
      else void this.#hearOf(channel, session);
    }
    await lost;
    this.#session = undefined;
    if (!signal.aborted) for (const channel of this.#channels.keys()) this.#tell(channel);
    return true;
  }

  /** One more channel on a connection that is there. */
  async #hearOf(channel: string, session: Session): Promise<void> {
    // a connection that fails is noticed by its end
    await listenOn(session, channel).catch(() => {});
    this.#tellMarked(channel);
  }

  /** What was missed before the mark is found at once, or soon. */
  #tellMarked(channel: string): void {
    this.#tell(channel);
    for (const ms of againAfterMarkMs) setTimeout(() => this.#tell(channel), ms).unref();
  }

  #tell(channel: string): void {
    for (const hear of this.#channels.get(channel) ?? []) hear();
  }
}

async function listenOn(session: Session, channel: string): Promise<void> {
  await session.query('select pg_advisory_lock_shared($1, hashtext($2))', [waitingMark, channel]);
  await session.query(`listen ${channel}`);
}

async function stopListening(session: Session, channel: string): Promise<void> {
  await session.query('select pg_advisory_unlock_shared($1, hashtext($2))', [waitingMark, channel]);
  await session.query(`unlisten ${channel}`);
}
