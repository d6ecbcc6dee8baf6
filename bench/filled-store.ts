import type pg from 'pg';
import { blockInSql } from '../src/domain/search-words.ts';

/** Tasks of each goal of a filled workspace. */
export const tasksPerGoal = 10;
/** Tasks that each statement makes. */
const atOnce = 200_000;

const id = (kind: string, number: string) =>
  `'${kind}-' || lpad(${number}::text, greatest(4, length(${number}::text)), '0')`;
/** A number that looks random, below `many`. */
const spread = (number: string, many: number) => `(${number} * 7919 % 1000003 % ${many})`;
/** Made in the order of its number, in the course of a year. */
const madeAt = (number: string, of: string) => `now() - interval '365 days' * (1 - ${number}::float8 / ${of})`;
const words = (texts: readonly string[], kind: string, number: string) => `(
    select string_agg('''' || $1::text || '.' || ${blockInSql(number)} || ':' || w.word || ''':' || w.place || 'a', ' ')
    from unnest(array['${kind}', ${texts.join(', ')}]) with ordinality as w (word, place)
  )::tsvector`;

/** In the older three fifths what is done and given up, then what is under way. `$2` is how many tasks there are. */
const goals = `
  select n, ${id('GOAL', 'n')} as id, ${madeAt('n', `($2 / ${tasksPerGoal})`)} as made,
    (case
      when n <= $2 / ${tasksPerGoal} * 0.6 then case when ${spread('n', 10)} = 0 then 'cancelled' else 'completed' end
      when ${spread('n', 20)} = 0 then 'planned'
      else 'in_progress'
    end)::goal_status as status,
    (case when n <= $2 / ${tasksPerGoal} * 0.3 and ${spread('n', 7)} = 0 then 'high' when ${spread('n', 3)} = 0 then 'low' else 'medium' end)::priority as priority,
    case
      when n <= 20 then array['old-repo', 'repo-' || n]
      when ${spread('n', 4)} = 0 then '{}'
      else array['repo-' || ${spread('n', 20)}, 'everywhere']
    end as repos
  from generate_series($3::int8, $4::int8) as n`;

/** The first four tasks of each goal are done, the fifth is where the work stands, and each waits for the one before. */
const tasks = `
  select n, ${id('TASK', 'n')} as id, g.id as goal_id, ${madeAt('n', '$2')} as made, (n - 1) % ${tasksPerGoal} as place, g.number as goal,
    (case
      when g.status = 'completed' or (n - 1) % ${tasksPerGoal} < 4 then 'completed'
      when (n - 1) % ${tasksPerGoal} > 4 or g.status <> 'in_progress' then 'pending'
      when ${spread('g.number', 100)} < 2 then 'in_progress'
      when ${spread('g.number', 100)} < 4 then 'blocked'
      when ${spread('g.number', 100)} < 6 then 'failed'
      else 'pending'
    end)::task_status as status,
    g.status in ('completed', 'cancelled') as closed,
    g.priority, ${spread('n', 997)} as module
  from generate_series($3::int8, $4::int8) as n
  join goals g on g.workspace_id = $1 and g.number = (n - 1) / ${tasksPerGoal} + 1`;

/** Numbers of operations and events that are kept for each goal. */
const historyPerGoal = 100;
const numbered = (goal: string, place: string) => `$5::int8 + (${goal} - 1) * ${historyPerGoal} + ${place}`;
const done = `t.status = 'completed'`;
const operation = (seq: string, actor: string, at: string) => `
  insert into operations (workspace_id, seq, id, actor, at)
  select $1, ${seq}, gen_random_uuid(), ${actor}, ${at}`;

/** Each runs for a part of the numbers; `$3` and `$4` are the first and the last. */
const fills: readonly { of: 'goals' | 'tasks'; text: string }[] = [
  {
    of: 'goals',
    text: `
      insert into goals (workspace_id, id, number, description, priority, status, repos, created_at, updated_at, metadata, total_tasks, open_tasks)
      select $1, g.id, g.n, 'goal ' || g.n || ': bring the ' || (array['parser', 'login page', 'index', 'cache', 'report'])[1 + g.n % 5] || ' up to date',
        g.priority, g.status, g.repos, g.made, g.made, '{}', ${tasksPerGoal},
        case when g.status = 'completed' then 0 else ${tasksPerGoal} - 4 end
      from (${goals}) g`,
  },
  {
    of: 'goals',
    text: `
      insert into goal_words (workspace_id, goal_id, block, words)
      select $1, g.id, ${blockInSql('g.number')}, ${words(["'bring'", "'goal' || g.number", "(array['parser', 'login', 'index', 'cache', 'report'])[1 + g.number % 5]"], 'goal', 'g.number')}
      from goals g
      where g.workspace_id = $1 and g.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, assigned_tools,
        created_at, updated_at, completed_at, result, open_dependencies, parked, fence, attempts)
      select $1, t.id, t.n, t.goal_id, 'task ' || t.n || ': change module' || t.module || ' for case' || t.n % 49999 || ', and say in the notes what was found on the way',
        case when t.n <= 200 then 'old' when t.n % 10 = 3 then 'bug' else 'general' end, t.status, t.priority,
        case when t.n <= 200 then 'old-repo' when t.n % 4 > 0 then 'repo-' || t.module % 20 end, '{}',
        t.made, t.made + interval '1 hour', case when ${done} then t.made + interval '1 hour' end,
        case when ${done} then jsonb_build_object('summary', 'changed file' || t.n % 8999 || '.ts') end,
        case when ${done} or t.place = 0 or t.place < 5 then 0 else 1 end, t.closed and not ${done},
        case when t.status in ('completed', 'in_progress') then 1 else 0 end, case when t.status = 'in_progress' then 1 else 0 end
      from (${tasks}) t`,
  },
  {
    of: 'tasks',
    text: `
      insert into task_words (workspace_id, task_id, block, words)
      select $1, t.id, ${blockInSql('t.number')}, ${words(["'change'", "'task' || t.number", "'module' || t.number * 7919 % 1000003 % 997", "'case' || t.number % 49999"], 'task', 't.number')}
      from tasks t
      where t.workspace_id = $1 and t.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
      select $1, ${id('TASK', 'n')}, ${id('TASK', '(n - 1)')}, 1
      from generate_series($3::int8, $4::int8) as n
      where (n - 1) % ${tasksPerGoal} > 0`,
  },
  {
    of: 'tasks',
    text: `
      insert into claims (workspace_id, task_id, holder, expires_at)
      select $1, t.id, 'agent-' || t.number % 40, now() + interval '1 day' + interval '1 second' * (t.number % 1000)
      from tasks t
      where t.workspace_id = $1 and t.number between $3 and $4 and t.status = 'in_progress' and t.number % 3 > 0`,
  },
  // a goal and its tasks are made by one operation; each task that is done was claimed and completed
  {
    of: 'goals',
    text: `${operation(numbered('g.n', '0'), `'planner'`, 'g.made')} from (${goals}) g`,
  },
  {
    of: 'goals',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, after)
      select $1, ${numbered('g.number', '1')}, ${numbered('g.number', '0')}, 'created', g.id, to_jsonb(g) - '{workspace_id,updated_at}'::text[]
      from goals g
      where g.workspace_id = $1 and g.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, task_id, after)
      select $1, ${numbered('t.goal', '2 + t.place')}, ${numbered('t.goal', '0')}, 'created', t.goal_id, t.id,
        jsonb_build_object('id', t.id, 'goal_id', t.goal_id, 'status', 'pending', 'description', 'task ' || t.n || ': change module' || t.module,
          'type', 'general', 'priority', t.priority, 'number', t.n, 'revision', 1, 'dependencies', '[]'::jsonb)
      from (${tasks}) t`,
  },
  {
    of: 'tasks',
    text: `${operation(numbered('t.goal', '12 + t.place * 4 + p.part'), `case when t.n = 11 then 'rare' else 'agent-' || t.n % 40 end`, `t.made + interval '1 hour' * p.part / 2`)}
      from (${tasks}) t
      cross join (values (0), (2)) as p (part)
      where ${done}`,
  },
  {
    of: 'tasks',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, task_id, before, after)
      select $1, ${numbered('t.goal', '13 + t.place * 4 + p.part')}, ${numbered('t.goal', '12 + t.place * 4 + p.part')}, p.action, t.goal_id, t.id,
        jsonb_build_object('status', p.was, 'claimed_by', null), jsonb_build_object('status', p.now, 'claimed_by', 'agent-' || t.n % 40)
      from (${tasks}) t
      cross join (values (0, 'claimed', 'pending', 'in_progress'), (2, 'updated', 'in_progress', 'completed')) as p (part, action, was, now)
      where ${done}`,
  },
  {
    of: 'goals',
    text: `
      insert into notes (workspace_id, id, goal_id, actor, text, created_at)
      select $1, g.n, g.id, 'planner', 'a note on goal ' || g.n, g.made
      from (${goals}) g`,
  },
];

/** What wears a store: rows of every kind have moved, and their old places are free again. */
const wear = [
  `update tasks t set revision = t.revision + 1 where t.workspace_id = $1 and t.number % 5 = 0`,
  `update goals g set revision = g.revision + 1 where g.workspace_id = $1 and g.number % 5 = 0`,
];

/**
 * Fills an empty workspace with as many tasks, a tenth as many goals, and the history of all of them: some half a year's
 * work of many agents. Set by set, without looking at foreign keys, and with indexes that are made afterwards.
 */
export async function fillStore(client: pg.Client, workspaceId: number, count: number): Promise<void> {
  const { rows: indexes } = await client.query(`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = current_schema()::regnamespace and not i.indisprimary and not i.indisunique`);
  await client.query(
    `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'`,
  );
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  const { rows: base } = await client.query(`select nextval('history_numbers')::int8 as first`);
  for (const { of, text } of fills) {
    const many = of === 'tasks' ? count : count / tasksPerGoal;
    for (let first = 1; first <= many; first += atOnce) {
      const values = [workspaceId, count, first, Math.min(many, first + atOnce - 1), base[0].first];
      await client.query(`with typed as (select $1::int8, $2::int8, $3::int8, $4::int8, $5::int8) ${text}`, values);
    }
  }
  for (const { definition } of indexes) await client.query(definition);
  await client.query(`select setval('history_numbers', $1::int8 + $2 * ${historyPerGoal})`, [
    base[0].first,
    count / tasksPerGoal,
  ]);
  await client.query(
    `update counters c set next = case c.kind when 'task' then $2::int8 else $2::int8 / ${tasksPerGoal} end + 1 where c.workspace_id = $1`,
    [workspaceId, count],
  );
  await client.query('vacuum analyze');
  for (const text of wear) await client.query(text, [workspaceId]);
  await client.query('vacuum analyze');
  await client.query('reset all; checkpoint');
}
