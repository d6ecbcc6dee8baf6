import type pg from 'pg';
import { blockOf, searchWords } from '../../src/domain/search-words.ts';

/** What the schema cannot hold by itself, counted again: each row that comes back is a mistake in its workspace. */
const recounts = {
  'open_dependencies is the number of dependencies that are neither completed nor waived': `
    select t.workspace_id, t.id, t.open_dependencies, count(x.id) filter (where x.status <> 'completed' and not x.waived) as counted
    from tasks t
    left join task_dependencies d on d.workspace_id = t.workspace_id and d.task_id = t.id
    left join tasks x on x.workspace_id = d.workspace_id and x.id = d.depends_on_id
    group by t.workspace_id, t.id, t.open_dependencies
    having t.open_dependencies <> count(x.id) filter (where x.status <> 'completed' and not x.waived)`,
  'open_tasks and total_tasks are what the goal has': `
    select g.workspace_id, g.id, g.total_tasks, g.open_tasks, count(t.id), count(t.id) filter (where t.status not in ('completed', 'cancelled'))
    from goals g
    left join tasks t on t.workspace_id = g.workspace_id and t.goal_id = g.id
    group by g.workspace_id, g.id, g.total_tasks, g.open_tasks
    having g.total_tasks <> count(t.id) or g.open_tasks <> count(t.id) filter (where t.status not in ('completed', 'cancelled'))`,
  'a task is parked when it is unfinished and its goal, or one above that, is closed': `
    with recursive above (workspace_id, id, parent_goal_id, is_shut) as (
      select workspace_id, id, parent_goal_id, status in ('completed', 'cancelled', 'archived') from goals
      union
      select a.workspace_id, a.id, p.parent_goal_id, p.status in ('completed', 'cancelled', 'archived')
      from above a
      join goals p on p.workspace_id = a.workspace_id and p.id = a.parent_goal_id
    ),
    shut as (select workspace_id, id, bool_or(is_shut) as is_shut from above group by workspace_id, id)
    select t.workspace_id, t.id, t.status, t.parked, g.is_shut
    from tasks t
    join shut g on g.workspace_id = t.workspace_id and g.id = t.goal_id
    where t.parked <> (t.status not in ('completed', 'cancelled') and g.is_shut)`,
  'open_goals and total_goals are what the goal has': `
    select g.workspace_id, g.id, g.total_goals, g.open_goals, count(c.id), count(c.id) filter (where c.status not in ('completed', 'cancelled', 'archived'))
    from goals g
    left join goals c on c.workspace_id = g.workspace_id and c.parent_goal_id = g.id
    group by g.workspace_id, g.id, g.total_goals, g.open_goals
    having g.total_goals <> count(c.id) or g.open_goals <> count(c.id) filter (where c.status not in ('completed', 'cancelled', 'archived'))`,
  'no goal is a part of itself, or more than seven levels down': `
    with recursive above (workspace_id, id, parent_goal_id, level) as (
      select workspace_id, id, parent_goal_id, 1 from goals
      union all
      select a.workspace_id, a.id, p.parent_goal_id, a.level + 1
      from above a
      join goals p on p.workspace_id = a.workspace_id and p.id = a.parent_goal_id
      where a.level < 10
    )
    select workspace_id, id, max(level) from above group by workspace_id, id having max(level) > 8`,
  'a goal in progress that has tasks or sub-goals has an open one': `
    select g.workspace_id, g.id, g.status, g.total_tasks, g.open_tasks, g.total_goals, g.open_goals
    from goals g
    where g.status = 'in_progress' and g.total_tasks + g.total_goals > 0 and g.open_tasks + g.open_goals = 0`,
  'goals are listed by their repositories, status and priority as they are': `
    select coalesce(g.workspace_id, r.workspace_id) as workspace_id, coalesce(g.number, r.number) as number, g.repo, r.repo as listed, g.status, r.status as listed_status
    from (
      select distinct g.workspace_id, g.number, x.repo, g.status, g.priority
      from goals g
      cross join unnest(g.repos) as x (repo)
    ) g
    full join goal_repos r on r.workspace_id = g.workspace_id and r.number = g.number and r.repo = g.repo
    where (g.status, g.priority) is distinct from (r.status, r.priority)`,
  'no task is ready before where ready work begins': `
    select t.workspace_id, t.id, t.priority, t.number, s.number as start
    from ready_starts s
    join tasks t on t.workspace_id = s.workspace_id and t.priority = s.priority and t.number < s.number
    where t.status = 'pending' and t.open_dependencies = 0 and not t.parked`,
  'tasks are found by their labels, and each that is ready as ready': `
    select coalesce(t.workspace_id, l.workspace_id) as workspace_id, coalesce(t.id, l.task_id) as id, t.label, l.label as listed, t.is_ready, l.ready
    from (
      select t.workspace_id, t.id, x.label, t.number, t.priority, t.status,
        t.status = 'pending' and t.open_dependencies = 0 and not t.parked as is_ready
      from tasks t
      cross join unnest(t.labels) as x (label)
    ) t
    full join task_labels l on l.workspace_id = t.workspace_id and l.task_id = t.id and l.label = t.label
    where t.id is null or l.task_id is null or (l.number, l.priority, l.status) is distinct from (t.number, t.priority, t.status) or t.is_ready and not l.ready`,
  'goals are listed by their labels, status and priority as they are': `
    select coalesce(g.workspace_id, l.workspace_id) as workspace_id, coalesce(g.number, l.number) as number, g.label, l.label as listed, g.status, l.status as listed_status
    from (
      select g.workspace_id, g.number, x.label, g.status, g.priority
      from goals g
      cross join unnest(g.labels) as x (label)
    ) g
    full join goal_labels l on l.workspace_id = g.workspace_id and l.number = g.number and l.label = g.label
    where (g.status, g.priority) is distinct from (l.status, l.priority)`,
  'nothing waits for itself': `
    with recursive reach (workspace_id, task_id, id) as (
      select workspace_id, task_id, depends_on_id from task_dependencies
      union
      select r.workspace_id, r.task_id, d.depends_on_id
      from reach r
      join task_dependencies d on d.workspace_id = r.workspace_id and d.task_id = r.id
    )
    select workspace_id, task_id from reach where task_id = id`,
  'only what is in progress is claimed': `
    select t.workspace_id, t.id, t.status
    from claims c
    join tasks t on t.workspace_id = c.workspace_id and t.id = c.task_id
    where t.status <> 'in_progress'`,
  'a note on a task is one of the goal of the task': `
    select n.workspace_id, n.id, n.goal_id, t.goal_id as goal_of_task
    from notes n
    join tasks t on t.workspace_id = n.workspace_id and t.id = n.task_id
    where n.goal_id <> t.goal_id`,
  'the history of a row ends with the row as it is': `
    with told as (
      -- the last word on each column of each row; a note's event tells of no row of these
      select distinct on (e.workspace_id, e.task_id, k.key) e.workspace_id, e.task_id, k.key, k.value, e.seq
      from events e
      cross join lateral jsonb_each(e.after) as k
      where e.task_id is not null and e.action not in ('noted', 'note_undone')
      order by e.workspace_id, e.task_id, k.key, e.seq desc
    ),
    rows as materialized (
      select t.workspace_id, t.id, to_jsonb(t) || coalesce((
          select jsonb_build_object('claimed_by', c.holder)
          from claims c
          where c.workspace_id = t.workspace_id and c.task_id = t.id
        ), '{"claimed_by": null}') || jsonb_build_object('dependencies', (
          select coalesce(jsonb_agg(d.depends_on_id order by d.place), '[]')
          from task_dependencies d
          where d.workspace_id = t.workspace_id and d.task_id = t.id
        )) as image
      from tasks t
    )
    select r.workspace_id, r.id, w.key, w.value as told, r.image -> w.key as is
    from rows r
    join told w on w.workspace_id = r.workspace_id and w.task_id = r.id
    where w.key not in ('revision', 'places', 'dependents', 'notes', 'lease_expires_at', 'created_at', 'dependencies')
      and w.value <> coalesce(r.image -> w.key, 'null')`,
  'what is gone went with an event, and what is there came with one': `
    select e.workspace_id, e.goal_id, e.task_id, e.action
    from (
      select distinct on (workspace_id, coalesce(task_id, goal_id)) *
      from events
      where action not in ('noted', 'note_undone') and goal_id <> ''
      order by workspace_id, coalesce(task_id, goal_id), seq desc
    ) e
    left join tasks t on t.workspace_id = e.workspace_id and t.id = e.task_id
    left join goals g on g.workspace_id = e.workspace_id and g.id = e.goal_id
    where (e.after is null) <> (case when e.task_id is null then g.id is null else t.id is null end)`,
  'every event belongs to an operation': `
    select e.workspace_id, e.seq
    from events e
    left join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation
    where o.seq is null`,
};

/** A row that is not as it has to be. */
export interface Mistake {
  workspace_id: string;
  [column: string]: unknown;
}

/** The mistakes in a database, by the rule that they break; empty when all is well. */
export async function brokenInvariants(sql: pg.Client): Promise<Record<string, Mistake[]>> {
  await copyFromShards(sql);
  const broken: Record<string, Mistake[]> = {};
  for (const [rule, recount] of Object.entries(recounts)) {
    const { rows } = await sql.query(recount);
    if (rows.length > 0) broken[rule] = rows;
  }
  const words = await wrongWords(sql);
  if (words.length > 0) broken['the words of a row are those of its texts'] = words;
  await sql.query('discard temporary');
  return broken;
}

/** Events that tell of a row as it was before another event's change of it: undo would bring that back. */
export async function staleImages(sql: pg.Client): Promise<Mistake[]> {
  const { rows } = await sql.query(`
    select e.workspace_id, e.action, e.task_id, e.before, x.action as earlier
    from events e
    join events x on x.workspace_id = e.workspace_id and x.task_id = e.task_id and x.seq <> e.seq
    where (x.before ->> 'revision')::int8 <= (e.before ->> 'revision')::int8
      and (x.after ->> 'revision')::int8 > (e.before ->> 'revision')::int8`);
  return rows;
}

/** A Citus counts over all workspaces only what it can send to its shards: this session gets tables of its own in their place. */
async function copyFromShards(sql: pg.Client): Promise<void> {
  const { rows } = await sql.query(
    `select tablename as name from pg_tables
     where schemaname = current_schema() and exists (select from pg_extension where extname = 'citus')`,
  );
  for (const { name } of rows) await sql.query(`create temporary table ${name} as select * from ${name}`);
}

/** Goals, tasks and notes as they are searched, each beside the words that it has. */
const searched = `
  select g.workspace_id::int8, g.id, jsonb_build_object('description', g.description, 'repo', g.repos) as texts, w.words::text, w.block
  from goals g
  left join goal_words w on w.workspace_id = g.workspace_id and w.goal_id = g.id
  union all
  select t.workspace_id, t.id, jsonb_build_object('description', t.description, 'jira_ticket', t.jira_ticket,
    'repo', array_remove(array[t.repo], null) || array(select c ->> 'text' from jsonb_array_elements(t.criteria) as c),
    'result', t.result), w.words::text, w.block
  from tasks t
  left join task_words w on w.workspace_id = t.workspace_id and w.task_id = t.id
  union all
  select n.workspace_id, 'NOTE-' || n.id, jsonb_build_object('description', n.text), w.words::text, w.block
  from notes n
  left join note_words w on w.workspace_id = n.workspace_id and w.note_id = n.id`;

async function wrongWords(sql: pg.Client): Promise<Mistake[]> {
  const { rows } = await sql.query(searched);
  const wanted = rows.map(({ workspace_id, id, texts }) => {
    const number = Number(id.split('-')[1]);
    return { id, words: searchWords({ workspaceId: Number(workspace_id), number }, texts), block: blockOf(number) };
  });
  const made = await sql.query(
    'select w.words::tsvector::text as words from unnest($1::text[]) with ordinality as w (words, n) order by w.n',
    [wanted.map(({ words }) => words)],
  );
  return rows.flatMap(({ workspace_id, id, words, block }, n) =>
    words === made.rows[n]?.words && block === wanted[n]?.block
      ? []
      : [{ workspace_id, id, words, wanted: made.rows[n]?.words }],
  );
}
