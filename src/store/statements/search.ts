import { blockInSql } from '../../domain/search-words.ts';
import { defineStatement } from '../statement.ts';

type Kind = 'goal' | 'task' | 'note';

/** Tasks of a status or a label, where they are no more than this, are looked at one by one. */
const fewTasks = 10_000;

/** The texts and numbers of a result. */
const values = (column: string) => `coalesce(replace(replace(replace(replace(left(
      jsonb_path_query_array(${column}, 'strict $.** ? (@.type() == "string" || @.type() == "number")')::text, 8000),
      '\\\\', ' '), '\\n', ' '), '\\r', ' '), '\\t', ' '), '')`;

/** The texts of a task's criteria, behind its description. */
const criteria = `coalesce((select ' ' || string_agg(c ->> 'text', ' ') from jsonb_array_elements(t.criteria) as c), '')`;

/** The query as it is asked of a block. */
const queryIn = (block: string) => `replace($2, '#', $1::text || '.' || ${block} || ':')`;

/**
 * The query as it is asked of the newest block, of the two before it, of the four before those, and so on: a word that
 * is everywhere is found in the first, and one that is rare needs few looks. `offset 0`, so that each is made once.
 */
const looks = (kind: Kind) => `
          select string_agg('(' || ${queryIn('b.block')} || ')', ' | ')::tsquery as query
          from (
            select ${blockInSql('c.next')} as last
            from counters c
            where c.workspace_id = $1 and c.kind = '${kind}' and '${kind}' = any($3)
          ) c
          cross join lateral generate_series(0, c.last) as b (block)
          group by floor(log(2, (c.last - b.block + 1)::numeric))
          order by floor(log(2, (c.last - b.block + 1)::numeric))
          offset 0`;

/**
 * Rows that have the words, as many as are wanted. `offset 0` keeps the order in which it is looked for them: the newest blocks,
 * what has the words there, and whether `row` is one that is wanted.
 */
const newest = (kind: Kind, row: string) => `
        select r.id, ts_rank(w.words, ${queryIn('w.block')}::tsquery) as rank, r.created_at
        from (${looks(kind)}
        ) q
        cross join lateral (
          select w.${kind}_id as id, w.block, w.words
          from ${kind}_words w
          where w.workspace_id = $1 and w.words @@ q.query
          offset 0
        ) w
        cross join lateral (
          ${row}
          offset 0
        ) r`;

/** Whether a task has the status and all of the labels that are wanted. */
const isWanted = (alias: string) =>
  `($5::text is null or ${alias}.status = $5::text::task_status) and ($7::text[] is null or ${alias}.labels @> $7::text[])`;
const isWantedGoal = (alias: string) =>
  `($4::text is null or ${alias}.status = $4::text::goal_status) and ($7::text[] is null or ${alias}.labels @> $7::text[])`;

/** Of these tasks those that have the words. */
const among = (tasks: string) => `
        select x.id, ts_rank(w.words, ${queryIn('w.block')}::tsquery) as rank, x.created_at
        from ${tasks} x
        cross join lateral (
          select w.block, w.words
          from task_words w
          where w.workspace_id = $1 and w.task_id = x.id
          offset 0
        ) w
        where w.words @@ ${queryIn('w.block')}::tsquery`;

/**
 * Goals, tasks and notes that have all of the words, best first; what the query names by its ID before all else. Of a
 * word that is everywhere no more than `candidates` of each kind are looked at, of the newest blocks. `query` is a tsquery
 * with `#` before each word. `kinds` are those that are looked for, with the status of each.
 */
export const search = defineStatement({
  name: 'search',
  // what is known of the tables changes the way, and planning costs little beside it
  plannedAnew: true,
  params: {
    workspaceId: 'int8',
    query: 'text',
    kinds: 'text[]',
    goalStatus: 'text?',
    taskStatus: 'text?',
    ids: 'text[]',
    labels: 'text[]?',
    candidates: 'int8',
    limit: 'int8',
  },
  columns: {
    kind: 'text',
    id: 'text',
    goal_id: 'text',
    task_id: 'text?',
    status: 'text?',
    text: 'text',
    total: 'int8',
  },
  text: `
    with narrowed as materialized (
      select count(*) as tasks
      from (
        (
          select
          from tasks t
          where t.workspace_id = $1 and t.status = $5::text::task_status and $7::text[] is null
          limit ${fewTasks} + 1
        )
        union all
        (
          select
          from task_labels l
          where l.workspace_id = $1 and l.label = ($7::text[])[1]
          limit ${fewTasks} + 1
        )
      ) t
    ),
    few as materialized (
      select x.id, x.created_at
      from (
        select t.id, t.number, t.created_at
        from tasks t
        where t.workspace_id = $1 and t.status = $5::text::task_status and $7::text[] is null
        union all
        select t.id, t.number, t.created_at
        from task_labels l
        join tasks t on t.workspace_id = $1 and t.id = l.task_id
        where l.workspace_id = $1 and l.label = ($7::text[])[1] and ${isWanted('t')}
      ) x
      order by x.number desc
    ),
    found as (
      select 'task' as kind, t.id, true as named, 0::float4 as rank, t.created_at
      from tasks t
      where t.workspace_id = $1 and t.id = any($6::text[]) and 'task' = any($3::text[])
        and ${isWanted('t')}
      union all
      select 'goal', g.id, true, 0, g.created_at
      from goals g
      where g.workspace_id = $1 and g.id = any($6) and 'goal' = any($3)
        and ${isWantedGoal('g')}
      union all
      select 'task', f.id, false, f.rank, f.created_at
      from (${newest(
        'task',
        `select t.id, t.created_at
          from tasks t
          where t.workspace_id = $1 and t.id = w.id and t.id <> all($6) and ${isWanted('t')}`,
      )}
        where ($5 is null and $7 is null) or (select o.tasks from narrowed o) > ${fewTasks}
        limit $8
      ) f
      union all
      select 'task', f.id, false, f.rank, f.created_at
      from (${among('few')}
          and 'task' = any($3) and ($5 is not null or $7 is not null) and (select o.tasks from narrowed o) <= ${fewTasks} and x.id <> all($6)
        limit $8
      ) f
      union all
      select 'goal', f.id, false, f.rank, f.created_at
      from (${newest(
        'goal',
        `select g.id, g.created_at
          from goals g
          where g.workspace_id = $1 and g.id = w.id and g.id <> all($6) and ${isWantedGoal('g')}`,
      )}
        limit $8
      ) f
      union all
      select 'note', f.id::text, false, f.rank, f.created_at
      from (${newest(
        'note',
        `select n.id, n.created_at
          from notes n
          where n.workspace_id = $1 and n.id = w.id`,
      )}
        limit $8
      ) f
    ),
    best as (
      select f.*, count(*) over () as total
      from found f
      order by f.named desc, f.rank desc, f.created_at desc, f.id desc
      limit $9
    )
    select b.kind, b.id, coalesce(t.goal_id, n.goal_id, b.id) as goal_id, coalesce(t.id, n.task_id) as task_id,
      coalesce(t.status::text, g.status::text) as status,
      case b.kind
        when 'task' then t.description || ${criteria} || case when t.result is null then '' else ' ' || ${values('t.result')} end
        when 'goal' then g.description
        else n.text
      end as text,
      b.total
    from best b
    left join tasks t on t.workspace_id = $1 and t.id = b.id and b.kind = 'task'
    left join goals g on g.workspace_id = $1 and g.id = b.id and b.kind = 'goal'
    left join notes n on n.workspace_id = $1 and n.id = case when b.kind = 'note' then b.id::int8 end
    order by b.named desc, b.rank desc, b.created_at desc, b.id desc`,
});
