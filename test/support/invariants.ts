import type pg from 'pg';
import { blockOf, searchWords } from '../../src/domain/search-words.ts';

/** What the schema cannot hold by itself, counted again: each row that comes back is a mistake. */
const recounts = {
  'open_dependencies is the number of dependencies that are not completed': `
    select t.id, t.open_dependencies, count(x.id) filter (where x.status <> 'completed') as counted
    from tasks t
    left join task_dependencies d on d.workspace_id = t.workspace_id and d.task_id = t.id
    left join tasks x on x.workspace_id = d.workspace_id and x.id = d.depends_on_id
    group by t.workspace_id, t.id, t.open_dependencies
    having t.open_dependencies <> count(x.id) filter (where x.status <> 'completed')`,
  'open_tasks and total_tasks are what the goal has': `
    select g.id, g.total_tasks, g.open_tasks, count(t.id), count(t.id) filter (where t.status <> 'completed')
    from goals g
    left join tasks t on t.workspace_id = g.workspace_id and t.goal_id = g.id
    group by g.workspace_id, g.id, g.total_tasks, g.open_tasks
    having g.total_tasks <> count(t.id) or g.open_tasks <> count(t.id) filter (where t.status <> 'completed')`,
  'a task is parked when it is unfinished and its goal is closed': `
    select t.id, t.status, t.parked, g.status as goal_status
    from tasks t
    join goals g on g.workspace_id = t.workspace_id and g.id = t.goal_id
    where t.status <> 'completed' and t.parked <> (g.status in ('completed', 'cancelled'))`,
  'a goal in progress that has tasks has an open one': `
    select g.id, g.status, g.total_tasks, g.open_tasks
    from goals g
    where g.status = 'in_progress' and g.total_tasks > 0 and g.open_tasks = 0`,
  'nothing waits for itself': `
    with recursive reach (workspace_id, task_id, id) as (
      select workspace_id, task_id, depends_on_id from task_dependencies
      union
      select r.workspace_id, r.task_id, d.depends_on_id
      from reach r
      join task_dependencies d on d.workspace_id = r.workspace_id and d.task_id = r.id
    )
    select task_id from reach where task_id = id`,
  'the last event of a row that exists is the row as it is': `
    select e.goal_id, e.task_id
    from (
      -- a task may have moved from goal to goal; a note's event tells of no row of these; what is gone may have come back
      select distinct on (workspace_id, coalesce(task_id, goal_id)) *
      from events
      where action not in ('noted', 'note_undone')
      order by workspace_id, coalesce(task_id, goal_id),
        coalesce((after ->> 'revision')::int8, (before ->> 'revision')::int8, 0) desc, after is null desc
    ) e
    left join tasks t on t.workspace_id = e.workspace_id and t.id = e.task_id
    left join goals g on g.workspace_id = e.workspace_id and g.id = e.goal_id and e.task_id is null
    where case
      when e.task_id is not null then
        (t.id is null) <> (e.after is null)
        or e.after ->> 'status' <> t.status::text
        or e.after -> 'result' <> coalesce(t.result, 'null'::jsonb)
        or e.after ->> 'goal_id' <> t.goal_id
        or e.after ->> 'description' <> t.description
      else (g.id is null) <> (e.after is null) or e.after ->> 'status' <> g.status::text
    end`,
};

/** The mistakes in a database, by the rule that they break; empty when all is well. */
export async function brokenInvariants(sql: pg.Client): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {};
  for (const [rule, recount] of Object.entries(recounts)) {
    const { rows } = await sql.query(recount);
    if (rows.length > 0) broken[rule] = rows;
  }
  const words = await wrongWords(sql);
  if (words.length > 0) broken['the words of a row are those of its texts'] = words;
  return broken;
}

/** Goals, tasks and notes as they are searched, each beside the words that it has. */
const searched = `
  select g.workspace_id::int8, g.id, jsonb_build_object('description', g.description, 'repo', g.repos) as texts, w.words::text, w.block
  from goals g
  left join goal_words w on w.workspace_id = g.workspace_id and w.goal_id = g.id
  union all
  select t.workspace_id, t.id, jsonb_build_object('description', t.description, 'jira_ticket', t.jira_ticket, 'repo', t.repo,
    'result', t.result), w.words::text, w.block
  from tasks t
  left join task_words w on w.workspace_id = t.workspace_id and w.task_id = t.id
  union all
  select n.workspace_id, 'NOTE-' || n.id, jsonb_build_object('description', n.text), w.words::text, w.block
  from notes n
  left join note_words w on w.workspace_id = n.workspace_id and w.note_id = n.id`;

async function wrongWords(sql: pg.Client): Promise<unknown[]> {
  const { rows } = await sql.query(searched);
  const wanted = rows.map(({ workspace_id, id, texts }) => {
    const number = Number(id.split('-')[1]);
    return { id, words: searchWords({ workspaceId: Number(workspace_id), number }, texts), block: blockOf(number) };
  });
  const made = await sql.query(
    'select w.words::tsvector::text as words from unnest($1::text[]) with ordinality as w (words, n) order by w.n',
    [wanted.map(({ words }) => words)],
  );
  return rows.flatMap(({ id, words, block }, n) =>
    words === made.rows[n]?.words && block === wanted[n]?.block ? [] : [{ id, words, wanted: made.rows[n]?.words }],
  );
}
