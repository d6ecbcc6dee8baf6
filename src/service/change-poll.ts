import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import { WorkspaceChanges } from './workspace-changes.ts';

/** How long the changes of a database rest between two looks at them. */
const everyMs = 250;

interface Watched {
  changes: WorkspaceChanges;
  watchers: number;
}

/** Looks at the changes of one database, once for all who watch it in this process, and only while somebody does. */
export class ChangePoll {
  static readonly #ofDatabases = new WeakMap<Database, ChangePoll>();

  static of(database: Database): ChangePoll {
    const known = ChangePoll.#ofDatabases.get(database);
    if (known !== undefined) return known;
    const made = new ChangePoll();
    ChangePoll.#ofDatabases.set(database, made);
    return made;
  }

  readonly #workspaces = new Map<number, Watched>();
  #stop: AbortController | undefined;

  /** The changes of a workspace, looked for until the watcher leaves. */
  join(store: Store): { source: WorkspaceChanges; leave: () => void } {
    const { workspaceId } = store;
    const watched = this.#workspaces.get(workspaceId) ?? { changes: new WorkspaceChanges(store), watchers: 0 };
    this.#workspaces.set(workspaceId, watched);
    watched.watchers += 1;
    if (this.#stop === undefined) void this.#run();
    else void watched.changes.catchUp();
    return { source: watched.changes, leave: () => this.#leave(workspaceId, watched) };
  }

  #leave(workspaceId: number, watched: Watched): void {
    watched.watchers -= 1;
    if (watched.watchers > 0) return;
    this.#workspaces.delete(workspaceId);
    if (this.#workspaces.size > 0) return;
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #run(): Promise<void> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await Promise.all([...this.#workspaces.values()].map(({ changes }) => changes.catchUp()));
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
