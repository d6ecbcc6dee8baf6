import { type Change, changeKind, changeType } from '../domain/change.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { Image } from '../domain/event.ts';
import { type StatementRunner, step } from '../store/database.ts';
import { type Decided, DecidedNumbers, type Patience } from '../store/decided.ts';
import type { Row } from '../store/statement.ts';
import { findArchivedAfter, findEventMark, findLastEvent, listChanges } from '../store/statements/list-changes.ts';
import type { Store } from '../store/store.ts';
import { type Place, parsePosition, positionIsArchived, positionIsGone, writePosition } from './positions.ts';

export interface Changes {
  changes: Change[];
  /** Where the reader goes on. */
  position: string;
  /** Whether nothing more is decided yet. Otherwise the reader asks again at once. */
  isCaughtUp: boolean;
}

export interface ChangesQuery {
  /** The position to go on from, `0` for the first change that is kept; from now on when left out. */
  since?: string | undefined;
  /** Changes that concern this goal. */
  goalId?: string | undefined;
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Values with longer JSON are left out: a reader that wants them reads the row. */
const valueLimit = 1_000;
/** What was answered before the call is told, as long as nobody takes longer than this to save changes. */
const patienceMs = 300;
export const mostChanges = 500;

/**
 * What changed in a workspace after a position, in an order in which nothing is ever added before what was told
 * (docs/decisions/changes.md).
 *
 * @throws GoalAgentError `conflict` when the position is of another database or of a history that is gone, `invalid` when
 *   it is none, `unavailable` when the database is, or when it cannot be said yet where now is.
 */
export async function readChanges(store: Store<StatementRunner>, query: ChangesQuery = {}): Promise<Changes> {
  const { since, goalId, limit = 100, signal } = query;
  const place = since === undefined ? undefined : parsePosition(since);
  const { upTo } = await decidedNow(store, { patienceMs, signal });
  if (since === undefined) return { changes: [], position: await positionAt(store, upTo), isCaughtUp: true };
  const page = await readPage(store, { place, upTo, limit: Math.min(limit, mostChanges), signal });
  return { ...page, changes: page.changes.filter((change) => concerns(change, goalId)) };
}

/** Up to where the workspace's history is decided now. */
export function decidedNow({ database, workspaceId }: Store<StatementRunner>, patience: Patience): Promise<Decided> {
  return decidedNumbersOf(database).decided(workspaceId, patience);
}

const ofDatabases = new WeakMap<StatementRunner, DecidedNumbers>();

function decidedNumbersOf(database: StatementRunner): DecidedNumbers {
  const known = ofDatabases.get(database);
  if (known !== undefined) return known;
  const made = new DecidedNumbers(database);
  ofDatabases.set(database, made);
  return made;
}

/** @throws GoalAgentError `unavailable` when a transaction has been open since before this process looked: then nobody knows. */
export async function positionAt({ database, workspaceId }: Store<StatementRunner>, upTo: number): Promise<string> {
  if (upTo <= 0 && (await isAnythingThere(database, workspaceId))) {
    throw new GoalAgentError(
      'unavailable',
      'A large change is being saved, and until then it cannot be said where the changes stand. Try again in a few seconds.',
    );
  }
  const { last } = await database.read({ last: step(findLastEvent, { workspaceId, upTo }) });
  return writePosition(last[0]);
}

async function isAnythingThere(database: StatementRunner, workspaceId: number): Promise<boolean> {
  const { last } = await database.read({ last: step(findLastEvent, { workspaceId, upTo: Number.MAX_SAFE_INTEGER }) });
  return last.length > 0;
}

export interface PageQuery {
  place: Place | undefined;
  upTo: number;
  limit: number;
  signal?: AbortSignal | undefined;
}

/**
 * The changes after a place, up to a number that is decided.
 *
 * @throws GoalAgentError `conflict` when the event at the place is not there, or is another one, or what follows it went to a file.
 */
export async function readPage(
  { database, workspaceId }: Store<StatementRunner>,
  { place, upTo, limit, signal }: PageQuery,
): Promise<Changes> {
  const after = place?.seq ?? 0;
  const { archived, found, rows } = await database.read(
    {
      archived: step(findArchivedAfter, { workspaceId, seq: after }),
      found: step(findEventMark, { workspaceId, seq: after }),
      rows: step(listChanges, { workspaceId, after, upTo, limit, valueLimit }),
    },
    { signal },
  );
  const [last] = archived;
  const isLastOfArchive = last !== undefined && last.seq === place?.seq && last.mark === place.mark;
  if (last !== undefined && !isLastOfArchive) throw positionIsArchived();
  if (place !== undefined && !isLastOfArchive && found[0]?.mark !== place.mark) throw positionIsGone();
  const changes = rows.map(changeOfRow);
  return {
    changes,
    position: changes.at(-1)?.position ?? writePosition(place),
    isCaughtUp: rows.length < limit,
  };
}

export function concerns({ goal_ids }: Change, goalId: string | undefined): boolean {
  return goalId === undefined || goal_ids.includes(goalId);
}

function changeOfRow(row: Row<typeof listChanges>): Change {
  const { goal_id, task_id, changed, operation_id: id, operation: number, actor, tool, reason, at } = row;
  const before = row.was ? ((row.before ?? {}) as Image) : null;
  const after = row.is_there ? ((row.after ?? {}) as Image) : null;
  const kind = changeKind(row);
  return {
    position: writePosition(row),
    type: changeType({ ...row, after }),
    kind,
    id: idOf(kind, row, after ?? before),
    goal_id,
    task_id,
    goal_ids: goal_id === '' ? [] : [goal_id, ...row.other_goals],
    changed,
    before,
    after,
    operation: { id, number, actor, tool, reason, at },
  };
}

function idOf(kind: Change['kind'], { goal_id, task_id }: Row<typeof listChanges>, image: Image | null): string {
  if (kind === 'note') return String(image?.id);
  return goal_id === '' ? String(image?.name) : (task_id ?? goal_id);
}
