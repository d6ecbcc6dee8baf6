import pg from 'pg';
import { fillWords } from '../src/store/fill-words.ts';
import { runOnSession } from '../src/store/run-on.ts';
import { withSession } from '../src/store/session.ts';
import { measure, median, quantile, table } from './measure.ts';
import type { Setting } from './setting.ts';

const rows = 1_000_000;
const block = 100_000;

/** Tasks like real ones, with words of which some are everywhere, some rare, and each has one of its own. */
const insertTasks = `
  insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket, assigned_tools,
    completed_at, result)
  select $1, 'TASK-' || n, n, 'GOAL-' || (100000 + n % 1000),
    'Task ' || n || ': change the ' || (array['parser', 'login page', 'index', 'cache', 'report'])[1 + n % 5]
      || ' of module' || n % 997 || ' so that it handles case' || n % 49999 || ' and unique' || n || case when n < 1200000 then ' ancient' else '' end,
    'general', (case when n % 2 = 0 then 'completed' when n % 1001 = 0 then 'blocked' else 'pending' end)::task_status, 'medium',
    'repo-' || n % 50, 'PROJ-' || n, '{}', case when n % 2 = 0 then now() end,
    case when n % 2 = 0 then jsonb_build_object('summary', 'found result' || n % 4999 || ' in file' || n % 8999 || '.ts') end
  from generate_series($2::int8, $3::int8) as n`;

const insertGoals = `
  insert into goals (workspace_id, id, number, description, priority, status, repos, metadata)
  select $1, 'GOAL-' || n, n, 'goal ' || n, 'low', 'in_progress', '{}', '{}'
  from generate_series(100000, 100999) as n`;

/** search, over stdio, among a million tasks: words that are rare, words that are everywhere, and names. */
export async function benchSearch(setting: Setting, print: (line: string) => void): Promise<void> {
  await fill(setting, print);
  const server = await setting.connect();
  const queries: [string, (run: number) => string, Record<string, unknown>?][] = [
    ['a word of one task', (run) => `unique${1_000_000 + ((run * 7_919) % rows)}`],
    ['a word of 20 tasks', (run) => `case${(run * 31) % 49_999}`],
    ['two words', (run) => `module${run % 997} case${run % 49_999}`],
    ['the start of a word', (run) => `unique${10_000 + (run % 9_000)}`],
    ['a word of 1,000 tasks', (run) => `module${run % 997}`],
    ['a word of every fifth task', () => 'parser'],
    ['a word of every task', () => 'change'],
    ['two words of every task', () => 'change handles'],
    ['a word of the oldest fifth', () => 'ancient'],
    ['the start of a word of every task', () => 'uniq'],
    ['every task, pending (half)', () => 'change', { status: 'pending' }],
    ['every task, completed (half)', () => 'change', { status: 'completed' }],
    ['every task, blocked (500)', () => 'change', { status: 'blocked' }],
    ['every task, failed (none)', () => 'change', { status: 'failed' }],
    ['every fifth task, pending', () => 'parser', { status: 'pending' }],
    ['an ID', (run) => `TASK-${1_000_000 + ((run * 7_919) % rows)}`],
    ['a ticket', (run) => `PROJ-${1_000_000 + ((run * 7_919) % rows)}`],
    ['nothing', (run) => `missing${run}`],
  ];
  const measured: (string | number)[][] = [];
  for (const [name, query, more] of queries) {
    let found = 0;
    const times = await measure(40, async (run) => {
      found = Number((await server.call('search', { query: query(run), ...more })).total);
    });
    measured.push([`${name} (${found} found)`, median(times), quantile(times, 0.99)]);
  }
  await server.close();
  table([['search among 1,000,000 tasks (ms)', 'p50', 'p99'], ...measured], print);
}

async function fill({ call: { store }, connection }: Setting, print: (line: string) => void): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { workspaceId } = store;
    await client.query(insertGoals, [workspaceId]);
    for (let first = rows; first < 2 * rows; first += block) {
      await client.query(insertTasks, [workspaceId, first, first + block - 1]);
    }
    await client.query(`update counters set next = $2 where workspace_id = $1 and kind in ('goal', 'task')`, [
      workspaceId,
      2 * rows,
    ]);
    const start = performance.now();
    await withSession(connection, (session) => session.transaction(() => fillWords(runOnSession(session))));
    print(`words of 1,000,000 tasks made and stored in ${((performance.now() - start) / 1000).toFixed(0)} s`);
    await client.query('vacuum analyze tasks, task_words');
    const { rows: sizes } = await client.query(
      `select relname, round(pg_table_size(oid) / 1048576.0)::int4 as megabytes
      from pg_class
      where relname in ('tasks', 'tasks_pkey', 'task_words', 'task_words_pkey', 'task_words_search')
      order by 1`,
    );
    print(sizes.map(({ relname, megabytes }) => `${relname} ${megabytes} MB`).join(', '));
  } finally {
    await client.end();
  }
}
