import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { GoalAgentError } from '../../../src/domain/errors.ts';
import { tools } from '../../../src/tools/index.ts';
import { brokenInvariants, staleImages } from '../../support/invariants.ts';
import type { Ending, Run } from './driver.ts';
import type { Operation } from './operations.ts';

/** A schedule that was run, in a workspace of its own. */
export interface Played {
  workspaceId: number;
  operations: readonly Operation[];
  turns: readonly number[];
  run: Run;
}

/** Under which name the operation in this place acts. */
export function actorOf(place: number): string {
  return `agent-${place + 1}`;
}

interface Event {
  workspace_id: string;
  seq: string;
  actor: string;
  /** Null, as all that follows, where an operation changed nothing. */
  action: string | null;
  goal_id: string | null;
  task_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

type Row = Record<string, unknown> | null;
/** Goals and tasks by their IDs, as the history tells of them. */
type Rows = ReadonlyMap<string, Row>;

/** What no event tells of, or only some. */
const untold = [
  'revision',
  'updated_at',
  'created_at',
  'lease_expires_at',
  'places',
  'dependents',
  'notes',
  'dependencies',
  'completed_at',
];
const counted = [
  'open_dependencies',
  'parked',
  'total_tasks',
  'open_tasks',
  'total_goals',
  'open_goals',
  'fence',
  'attempts',
];
const passedOver = new Set([...untold, ...counted]);

/**
 * Looks at what schedules left behind, all of them at once: each has a workspace of its own, so a count over all costs little
 * more than a count over one. Nothing when all is well.
 */
export class Checks {
  readonly #sql: pg.Client;
  /** The last number of the history that all workspaces have. */
  readonly #last: number;
  readonly #before: Rows;

  private constructor(sql: pg.Client, last: number, before: Rows) {
    this.#sql = sql;
    this.#last = last;
    this.#before = before;
  }

  /** Checks of copies of the one workspace that is there now. */
  static async of(sql: pg.Client): Promise<Checks> {
    const events = await eventsAfter(sql, 0);
    const rows = new Map<string, Row>();
    for (const event of events) tellOf(rows, event);
    return new Checks(sql, Number(events.at(-1)?.seq), rows);
  }

  async mistakes(played: readonly Played[]): Promise<unknown[]> {
    const broken = await brokenInvariants(this.#sql);
    const stale = await staleImages(this.#sql);
    const events = byWorkspace(await eventsAfter(this.#sql, this.#last));
    const found: unknown[] = played.flatMap((each) => {
      const wrong = this.#mistakesOf(each, events.get(each.workspaceId) ?? []);
      return wrong.length === 0 ? [] : [described(each, wrong)];
    });
    const by = new Map(played.map((each) => [String(each.workspaceId), each]));
    const counts = Object.entries(broken).flatMap(([rule, wrong]) => wrong.map((row) => ({ rule, ...row })));
    for (const row of [...counts, ...stale]) {
      const each = by.get(String(row.workspace_id));
      found.push(each === undefined ? row : described(each, [row]));
    }
    return found;
  }

  #mistakesOf({ operations, run }: Played, events: Event[]): unknown[] {
    const rows = new Map(this.#before);
    const moments: Rows[] = [this.#before];
    const after = new Map<string, Rows | undefined>();
    const wrong: unknown[] = [];
    for (const event of events) {
      wrong.push(...notAsItWas(rows, event));
      tellOf(rows, event);
      const moment = new Map(rows);
      moments.push(moment);
      // the operation of a request has its number before all locks: it says nothing of when it was
      after.set(event.actor, event.action === null ? after.get(event.actor) : moment);
    }
    const missed = operations.map((operation, place) => {
      const actor = actorOf(place);
      const acted = { isThere: after.has(actor), rows: after.get(actor) };
      return notAsAnswered(operation, run.endings[place], acted, moments);
    });
    return [...wrong, ...missed.flat()];
  }
}

/** What the history has of one actor. */
interface Acted {
  /** Whether there is an operation of it. */
  isThere: boolean;
  /** The rows right after the last of its events, if there is any. */
  rows: Rows | undefined;
}

/** What an answer says, and the history does not. */
function notAsAnswered(
  operation: Operation,
  ending: Ending | undefined,
  acted: Acted,
  moments: readonly Rows[],
): unknown[] {
  const { answer, error } = ending ?? {};
  const { name, tool } = operation;
  if (answer === undefined) {
    const failed = isRefusal(error) ? [] : [{ failed: name, error }];
    // somebody deleted what it changed before it was looked at
    if (/^The change was saved/.test(String(Object(error).message)))
      return acted.isThere ? failed : [{ saidSaved: name, error }];
    return acted.isThere ? [...failed, { leftSomething: name, error }] : failed;
  }
  if (!operation.did(answer)) return acted.isThere ? [{ leftSomething: name, answer }] : [];
  const told = operation.told(answer);
  if (acted.rows !== undefined) return notTold(told, acted.rows);
  // a change of what is so already has no event
  const mayBeSo = Object.keys(told).length > 0 || acted.isThere || setsOnly.has(tool);
  return mayBeSo && moments.some((rows) => notTold(told, rows).length === 0) ? [] : [{ lost: name, answer }];
}

/** Tools of which a second call changes nothing more. */
const setsOnly = new Set(tools.filter(({ hints }) => hints.idempotentHint).map(({ name }): string | undefined => name));

/** An answer that says no, and why. What a caller can do nothing about is none. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof GoalAgentError && ['invalid', 'not_found', 'conflict', 'changed', 'forbidden'].includes(error.code)
  );
}

async function eventsAfter(sql: pg.Client, seq: number): Promise<Event[]> {
  const { rows } = await sql.query<Event>(
    `select o.workspace_id, coalesce(e.seq, o.seq) as seq, o.actor, e.action, e.goal_id, e.task_id, e.before, e.after
     from operations o
     left join events e on e.workspace_id = o.workspace_id and e.operation = o.seq
     where o.seq > $1
     order by coalesce(e.seq, o.seq)`,
    [seq],
  );
  return rows;
}

function byWorkspace<R extends { workspace_id: string }>(rows: R[]): Map<number, R[]> {
  const found = new Map<number, R[]>();
  for (const row of rows) {
    const those = found.get(Number(row.workspace_id));
    if (those === undefined) found.set(Number(row.workspace_id), [row]);
    else those.push(row);
  }
  return found;
}

function tellOf(rows: Map<string, Row>, event: Event): void {
  const id = rowOf(event);
  if (id !== undefined) rows.set(id, event.after && { ...rows.get(id), ...event.after });
}

/** The goal or task that an event is of; names of resources, templates and notes are none. */
function rowOf({ action, goal_id, task_id }: Event): string | undefined {
  const isOfRow = goal_id !== '' && action !== 'noted' && action !== 'note_undone';
  return isOfRow ? (task_id ?? goal_id ?? undefined) : undefined;
}

/** Where an event tells of its row as it was not before it. */
function notAsItWas(rows: Rows, event: Event): unknown[] {
  const id = rowOf(event);
  if (id === undefined) return [];
  const was = rows.get(id) ?? null;
  const { action, task_id, goal_id, before } = event;
  if (before === null || was === null) {
    return before === was ? [] : [{ action, task_id, goal_id, before, was }];
  }
  return Object.keys(before)
    .filter((key) => !passedOver.has(key) && !isDeepStrictEqual(before[key] ?? null, was[key] ?? null))
    .map((key) => ({ action, task_id, goal_id, key, before: before[key], was: was[key] }));
}

/** What was acknowledged, and is not so in the history right after it. */
function notTold(told: Record<string, Record<string, unknown> | null>, rows: Rows): unknown[] {
  return Object.entries(told).flatMap(([id, wanted]): unknown[] => {
    const row = rows.get(id) ?? null;
    if (wanted === null || row === null) return wanted === row ? [] : [{ acknowledged: id, wanted, row }];
    return Object.entries(wanted)
      .filter(([key, value]) => !isDeepStrictEqual(row[key] ?? null, value))
      .map(([key, value]) => ({ acknowledged: id, key, value, is: row[key] }));
  });
}

function described({ operations, turns, run: { taken } }: Played, wrong: unknown[]) {
  return { operations: operations.map(({ name }) => name), turns: turns.join(''), taken: taken.join(''), wrong };
}
