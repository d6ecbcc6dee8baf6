import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { archiveGoals } from '../../../src/service/archive-goals.ts';
import type { PoolCall } from '../../../src/service/call.ts';
import type { AgentFacts } from '../../../src/tools/define/define-tool.ts';
import { runTool } from '../../../src/tools/define/run-tool.ts';
import { tools } from '../../../src/tools/index.ts';

/** Runs a tool as every face does. */
export function ask(call: PoolCall, name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  const facts = {} as AgentFacts; // short answers do not look at them
  return runTool(tool, { open: async () => call, facts: () => facts, cacheIsKnown: async () => {} }, args);
}

/** What the undo of each kind takes back. */
export type Done = Record<string, { event: number; operation: number }>;

const later = '2030-01-01T00:00:00Z';

/**
 * The rows that the operations meet at, and a history to take back. Its tasks and goals are known by their IDs:
 *
 *   GOAL-0001            in progress
 *     GOAL-0002          TASK-0001 ready (two criteria, label ui), TASK-0002 ready, TASK-0003 waits for both (label ui),
 *                        TASK-0004 held by bob under fence 1, TASK-0005 completed, TASK-0006 held by carol, who is late
 *     GOAL-0003          TASK-0007 ready, the last one that is open
 *   GOAL-0004            TASK-0008 waits for TASK-0001, TASK-0009 was deferred until a moment ago
 *   GOAL-0005            completed, with TASK-0010
 */
export async function build(call: PoolCall, sql: pg.Client): Promise<Done> {
  const done: Done = {};
  const as = (actor: string) => ({ ...call, actor });
  const act = async (name: string, args: Record<string, unknown>, actor = 'ann') => ask(as(actor), name, args);
  const note = async (kind: string, work: Promise<unknown>) => {
    await work;
    done[kind] = await lastEvent(sql);
  };
  const tasks = (goal_id: string, ...subtasks: Record<string, unknown>[]) =>
    act('break_down_goal', { goal_id, subtasks });

  await act('create_goal', { description: 'ship the parser' });
  await act('create_goal', {
    description: 'write the parser',
    parent_goal_id: 'GOAL-0001',
    labels: ['parser'],
    repos: ['core'],
  });
  await tasks(
    'GOAL-0002',
    {
      description: 'read the grammar',
      key: 'a',
      labels: ['ui'],
      criteria: ['the grammar is read', 'the grammar is noted'],
    },
    { description: 'write the code', key: 'b' },
    { description: 'test the code', dependencies: ['a', 'b'], labels: ['ui'] },
    { description: 'review the design', priority: 'high' },
    { description: 'choose a name' },
    { description: 'draw a picture', priority: 'high' },
  );
  await act('create_goal', { description: 'document the parser', parent_goal_id: 'GOAL-0001' });
  await tasks('GOAL-0003', { description: 'write the manual' });
  await act('create_goal', { description: 'tell others' });
  await tasks(
    'GOAL-0004',
    { description: 'write a post', dependencies: ['TASK-0001'] },
    { description: 'ask for opinions', priority: 'low' },
  );
  await act('create_goal', { description: 'look for a parser' });
  await tasks('GOAL-0005', { description: 'look around' });
  await act('claim_tasks', { task_ids: ['TASK-0004'], lease_seconds: 3_600 }, 'bob');
  await act('acquire', { names: ['staging'], lease_seconds: 3_600 }, 'bob');
  await act('add_note', { goal_id: 'GOAL-0002', text: 'the grammar is in the wiki' });

  await note('add_note', act('add_note', { task_id: 'TASK-0001', text: 'the grammar is long' }));
  await note('status', act('update_task_status', { task_id: 'TASK-0005', status: 'completed', result: 'a name' }));
  await note('edit', act('update_task', { task_id: 'TASK-0002', description: 'write the program', labels: ['ui'] }));
  await note('dependency', act('update_task', { task_id: 'TASK-0003', add_dependencies: ['TASK-0005'] }));
  await note('goal edit', act('update_goal', { goal_id: 'GOAL-0002', priority: 'high', labels: ['core', 'parser'] }));
  await note('break_down', tasks('GOAL-0002', { description: 'a step too many', dependencies: ['TASK-0002'] }));
  await tasks('GOAL-0002', { description: 'a step to delete', dependencies: ['TASK-0001'] });
  await note('delete_task', act('delete_task', { task_id: 'TASK-0012' }));
  await act('create_goal', { description: 'a goal to delete', parent_goal_id: 'GOAL-0001' });
  await tasks('GOAL-0006', { description: 'its step', dependencies: ['TASK-0001'] });
  await note('delete_goal', act('delete_goal', { goal_id: 'GOAL-0006' }));
  await note('create_goal', act('create_goal', { description: 'a goal too many', parent_goal_id: 'GOAL-0001' }));
  await act('create_goal', { description: 'a goal of old' });
  await tasks('GOAL-0008', { description: 'a step of old' });
  await act('update_goal', { goal_id: 'GOAL-0008', status: 'cancelled' });
  await note('archive', archiveAll(as('ann')));
  await act('update_task_status', { task_id: 'TASK-0010', status: 'completed' });
  await act('save_template', {
    name: 'release',
    template: { description: 'Release {{version}}', tasks: [{ description: 'build' }] },
  });
  await act('save_template', { name: 'weekly', template: { description: 'Look', tasks: [{ description: 'look' }] } });
  await note(
    'template',
    act('save_template', { name: 'extra', template: { description: 'More', tasks: [{ description: 'do' }] } }),
  );
  await act('recur_template', { name: 'weekly', rule: '0 9 * * MON' });
  await act('update_task', { task_id: 'TASK-0007', priority: 'high' });
  await note('undo', act('undo', { event_id: (await lastEvent(sql)).event }));
  await act('update_task_status', { task_id: 'TASK-0009', status: 'deferred', defer_until: inMs(700) });
  await act('claim_tasks', { task_ids: ['TASK-0006'], lease_seconds: 1 }, 'carol');
  await act('update_task', { task_id: 'TASK-0008', due_at: later });
  await sleep(1_100);
  // its goal is due
  await sql.query(`update templates set next_at = now() where name = 'weekly'`);
  return done;
}

async function lastEvent(sql: pg.Client): Promise<{ event: number; operation: number }> {
  const { rows } = await sql.query('select seq as event, operation from events order by seq desc limit 1');
  return { event: Number(rows[0].event), operation: Number(rows[0].operation) };
}

/** Archives what is finished by now. */
export async function archiveAll(call: PoolCall): Promise<{ goals: number }> {
  return archiveGoals(call, { at: inMs(1_000) }, () => {});
}

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** Columns that tell of the workspace: the words of a search begin with it. */
const copies: Record<string, string> = {
  workspace_id: 'w.id',
  words: `replace(k.words::text, '''' || k.workspace_id || '.', '''' || w.id || '.')::tsvector`,
};

/** Workspaces that are copies of one: the same rows under the same IDs, with the same history. */
export class Copies {
  readonly #sql: pg.Client;
  readonly #tables: { name: string; columns: string[] }[];
  #last = 1_000;

  private constructor(sql: pg.Client, tables: { name: string; columns: string[] }[]) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Keeps what is there, to be copied. */
  static async of(sql: pg.Client): Promise<Copies> {
    const { rows } = await sql.query(`
      select c.table_name as name, array_agg(c.column_name::text order by c.ordinal_position) as columns
      from information_schema.columns c
      join pg_tables t on t.schemaname = c.table_schema and t.tablename = c.table_name
      where c.table_schema = 'public'
      group by c.table_name
      having bool_or(c.column_name = 'workspace_id')`);
    await sql.query('create schema kept');
    for (const { name } of rows) await sql.query(`create table kept.${name} as select * from public.${name}`);
    return new Copies(sql, rows);
  }

  /** As many new workspaces, in place of all that there were; gives back their IDs. */
  async make(count: number): Promise<number[]> {
    const ids = Array.from({ length: count }, (_, place) => this.#last + place + 1);
    this.#last += count;
    const fill = this.#tables.map(({ name, columns }) => {
      const copied = columns.map((column) => copies[column] ?? `k.${column}`);
      return `insert into ${name} (${columns.join(', ')}) select ${copied.join(', ')} from kept.${name} k cross join workspaces w`;
    });
    await this.#sql.query(
      [
        'begin',
        `truncate workspaces, ${this.#tables.map(({ name }) => name).join(', ')}`,
        // what is copied refers to what is copied
        'set local session_replication_role = replica',
        `insert into workspaces (id, name) select n, 'copy-' || n from generate_series(${ids[0]}, ${ids.at(-1)}) as n`,
        ...fill,
        'commit',
      ].join('; '),
    );
    return ids;
  }
}
