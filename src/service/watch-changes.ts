import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';
import { ChangePoll } from './change-poll.ts';
import { parsePosition } from './positions.ts';
import { type Changes, concerns, mostChanges, readPage } from './read-changes.ts';
import type { WorkspaceChanges } from './workspace-changes.ts';

export interface WatchQuery {
  /** The position to go on from, `0` for the first change that is kept; from now on when left out. */
  since?: string | undefined;
  goalId?: string | undefined;
  /** Ends the watch, without an error. */
  signal?: AbortSignal | undefined;
}

const againAfterMs = 250;
/** A reader of one goal hears of its position at least so often while others change something. */
const positionEveryMs = 10_000;

/**
 * Follows the changes of a workspace, whichever process makes them: first gives the position where it begins, without
 * changes, and then all that is new, within a second. It goes on when the database was away.
 *
 * All watchers of a database in this process share one look at it. A watcher that is slow to ask keeps nothing in memory:
 * what is no longer at hand is read again for it.
 *
 * @throws GoalAgentError `conflict` when the position is of another database or of a history that is gone, `invalid` when
 *   it is none.
 */
export async function* watchChanges(store: Store, { since, goalId, signal }: WatchQuery = {}): AsyncGenerator<Changes> {
  const { source, leave } = ChangePoll.of(store.database).join(store);
  try {
    const position = since ?? (await positionNow(source, signal));
    if (position === undefined) return;
    parsePosition(position);
    yield { changes: [], position, isCaughtUp: false };
    yield* follow(store, source, { position, goalId, signal });
  } finally {
    leave();
  }
}

/** Where the changes stand; waits until that is known. Undefined when the watch ended meanwhile. */
async function positionNow(source: WorkspaceChanges, signal: AbortSignal | undefined): Promise<string | undefined> {
  while (!signal?.aborted) {
    const { version, position } = source;
    if (position !== undefined) return position;
    await source.untilNews(version, signal);
  }
  return undefined;
}

async function* follow(
  store: Store,
  source: WorkspaceChanges,
  { position, goalId, signal }: { position: string } & Pick<WatchQuery, 'goalId' | 'signal'>,
): AsyncGenerator<Changes> {
  let at = position;
  let toldAt = performance.now();
  while (!signal?.aborted) {
    const { version, upTo } = source;
    const news = source.after(at) ?? (await catchUp(store, at, upTo, signal));
    if (news === undefined) return;
    const isNew = news.position !== at;
    at = news.position;
    const changes = news.changes.filter((change) => concerns(change, goalId));
    if (changes.length > 0 || (isNew && performance.now() - toldAt > positionEveryMs)) {
      yield { ...news, changes };
      toldAt = performance.now();
    }
    if (!isNew) await source.untilNews(version, signal);
  }
}

/** What a watcher missed, read for it alone. A database that is away is waited for; undefined when the watch ended so. */
async function catchUp(
  store: Store,
  position: string,
  upTo: number,
  signal: AbortSignal | undefined,
): Promise<Changes | undefined> {
  while (!signal?.aborted) {
    try {
      return await readPage(store, { place: parsePosition(position), upTo, limit: mostChanges, signal });
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(againAfterMs, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

/** Whether the same question may be answered later. */
function isPassing(error: unknown): boolean {
  return !(error instanceof GoalAgentError) || !['conflict', 'invalid', 'configuration'].includes(error.code);
}
