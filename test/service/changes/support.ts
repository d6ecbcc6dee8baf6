import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import { type WatchQuery, watchChanges } from '../../../src/service/watch-changes.ts';
import type { Store } from '../../../src/store/store.ts';

/** Writes events by hand, in a transaction that ends when the test says so. */
export interface HandWriter {
  sql: pg.Client;
  /** Draws the number of an event, and does not commit. */
  write(goalId: string): Promise<number>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export async function aHandWriter(connection: pg.ClientConfig, workspaceId: number): Promise<HandWriter> {
  const sql = await aClient(connection);
  return {
    sql,
    async write(goalId) {
      await sql.query('begin');
      const operation = await sql.query(
        'insert into operations (workspace_id, id, actor) values ($1, $2, $3) returning seq',
        [workspaceId, randomUUID(), 'by hand'],
      );
      const event = await sql.query(
        `insert into events (workspace_id, operation, action, goal_id, before, after)
         values ($1, $2, 'updated', $3, '{"priority": "low"}', '{"priority": "high"}') returning seq`,
        [workspaceId, operation.rows[0].seq, goalId],
      );
      return Number(event.rows[0].seq);
    },
    async commit() {
      await sql.query('commit');
    },
    async rollback() {
      await sql.query('rollback');
    },
  };
}

export async function aClient(connection: pg.ClientConfig): Promise<pg.Client> {
  const sql = new pg.Client(connection);
  sql.on('error', () => {});
  await sql.connect();
  onTestFinished(() => sql.end());
  return sql;
}

/** The numbers of changes, by which the history orders them. */
export function numbersOf(changes: readonly Change[]): number[] {
  return changes.map(({ position }) => Number(position.split('-')[0]));
}

/** All that is told now, page by page. */
export async function readAll(store: Store, since = '0', limit = 100): Promise<Change[]> {
  const all: Change[] = [];
  for (let position = since; ; ) {
    const page = await readChanges(store, { since: position, limit });
    all.push(...page.changes);
    position = page.position;
    if (page.isCaughtUp) return all;
  }
}

export interface Watching {
  /** What was heard, and when. */
  heard: { change: Change; at: number }[];
  positions: string[];
  /** How the watch ended. */
  ended: Promise<unknown>;
  stop(): void;
}

/** Follows the changes until the test ends; resolves once the watch has begun. */
export async function aWatch(store: Store, query: WatchQuery = {}): Promise<Watching> {
  const stop = new AbortController();
  const heard: Watching['heard'] = [];
  const positions: string[] = [];
  const iterator = watchChanges(store, { ...query, signal: stop.signal });
  const first = await iterator.next();
  if (!first.done) positions.push(first.value.position);
  const follow = async () => {
    for await (const { changes, position } of iterator) {
      positions.push(position);
      heard.push(...changes.map((change) => ({ change, at: performance.now() })));
    }
  };
  const ended = follow().catch((error) => error);
  onTestFinished(() => stop.abort());
  return { heard, positions, ended, stop: () => stop.abort() };
}
