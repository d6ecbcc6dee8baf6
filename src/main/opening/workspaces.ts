import { Numbers } from '../../store/numbers.ts';
import type { Store } from '../../store/store.ts';

/** The stores of the workspaces that callers with tokens use, over the one pool of this process. */
export class Workspaces {
  readonly #stores = new WeakMap<Store['database'], Map<number, Store>>();

  /** The store of a workspace: the process's own where that is meant, and always the same one otherwise. */
  storeOf(own: Store, { workspaceId, workspace }: { workspaceId: number; workspace: string }): Store {
    if (workspaceId === own.workspaceId) return own;
    const stores = this.#stores.get(own.database) ?? new Map<number, Store>();
    this.#stores.set(own.database, stores);
    const known = stores.get(workspaceId);
    if (known !== undefined) return known;
    const { database } = own;
    const made = { database, workspaceId, workspace, numbers: new Numbers(database, workspaceId) };
    stores.set(workspaceId, made);
    return made;
  }
}
