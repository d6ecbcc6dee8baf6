import { EventEmitter, once } from 'node:events';
import { GoalAgentError } from '../domain/errors.ts';
import type { Decided } from '../store/decided.ts';
import type { Store } from '../store/store.ts';
import { parsePosition } from './positions.ts';
import { type Changes, decidedNow, mostChanges, positionAt, readPage } from './read-changes.ts';

/** Changes that are kept at hand for watchers. */
const mostKept = 2_000;
/** Those who save changes at this moment are waited for so long; the next look is soon. */
const patienceMs = 50;

/** The newest changes of one workspace, for all who watch it in this process. */
export class WorkspaceChanges {
  readonly #store: Store;
  #kept: Changes['changes'] = [];
  /** Before the first of those that are kept. */
  #from: string | undefined;
  /** After the last of them; undefined while it is not known. */
  #position: string | undefined;
  #decided: Decided = { upTo: 0, run: 0 };
  #version = 0;
  readonly #news = new EventEmitter().setMaxListeners(0);
  #catchingUp: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The number up to which the kept changes go. */
  get upTo(): number {
    return this.#decided.upTo;
  }

  /** Where the changes stand. */
  get position(): string | undefined {
    return this.#position;
  }

  /** Grows with each news. */
  get version(): number {
    return this.#version;
  }

  /** What follows a position, where it is at hand. */
  after(position: string): Changes | undefined {
    if (this.#position === undefined) return undefined;
    const place = this.#kept.findLastIndex((change) => change.position === position);
    if (place === -1 && position !== this.#from) return undefined;
    return { changes: this.#kept.slice(place + 1), position: this.#position, isCaughtUp: true };
  }

  /** Waits until there is something that was not there at this version; also ends when the signal is given. */
  async untilNews(version: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#version !== version) return;
    await once(this.#news, 'news', { signal }).catch(() => {});
  }

  /** Reads what is new. Never fails: a database that is away is asked again the next time. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#readNews()
      .catch((error) => {
        // what was told last is not in the history any more: each watcher finds out for its own position
        if (error instanceof GoalAgentError && error.code === 'conflict') this.#forget();
      })
      .finally(() => {
        this.#catchingUp = undefined;
      });
    return this.#catchingUp;
  }

  async #readNews(): Promise<void> {
    const decided = await decidedNow(this.#store, { patienceMs });
    if (this.#position === undefined) {
      this.#position = await positionAt(this.#store, decided.upTo);
      this.#from = this.#position;
      this.#decided = decided;
      this.#tell();
      return;
    }
    if (decided.upTo === this.#decided.upTo && decided.run === this.#decided.run) return;
    for (let isCaughtUp = false; !isCaughtUp; ) isCaughtUp = await this.#readPage(this.#position, decided.upTo);
    this.#decided = decided;
  }

  async #readPage(position: string, upTo: number): Promise<boolean> {
    const page = await readPage(this.#store, { place: parsePosition(position), upTo, limit: mostChanges });
    if (page.changes.length === 0) return true;
    this.#keep(page);
    this.#tell();
    return page.isCaughtUp;
  }

  #keep({ changes, position }: Changes): void {
    this.#kept.push(...changes);
    const dropped = this.#kept.splice(0, Math.max(0, this.#kept.length - mostKept));
    this.#from = dropped.at(-1)?.position ?? this.#from;
    this.#position = position;
  }

  #forget(): void {
    this.#kept = [];
    this.#from = undefined;
    this.#position = undefined;
    this.#decided = { upTo: 0, run: 0 };
    this.#tell();
  }

  #tell(): void {
    this.#version += 1;
    this.#news.emit('news');
  }
}
