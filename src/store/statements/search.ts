import { defineStatement } from '../statement.ts';

// The expressions of migrations/0006_cheaper-writes.sql, word for word: only so are its indexes used.

/** Text whose words are apart, whatever stood between them. What separates them is what separates those of a query: `parseSearchQuery`. */
const words = (text: string) =>
  `regexp_replace(${text}, '[!"#$%&''()*+,./:;<=>?@[\\\\\\]^_\`{|}~«·»–—‘’“”•…→、。，\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff-]+', ' ', 'g')`;

/** The texts and numbers of a result. */
const values = (column: string) => `coalesce(replace(replace(replace(replace(left(
      jsonb_path_query_array(${column}, 'strict $.** ? (@.type() == "string" || @.type() == "number")')::text, 8000),
      '\\\\', ' '), '\\n', ' '), '\\r', ' '), '\\t', ' '), '')`;

const vector = (text: string) => `to_tsvector('simple', ${words(text)})`;
const vectorOfTask = vector(
  `t.description || ' ' || coalesce(t.jira_ticket, '') || ' ' || coalesce(t.repo, '') || ' ' || ${values('t.result')}`,
);
const query = `to_tsquery('simple', $2)`;

/** How well what was found fits: by its first words only, so that a long text costs no more than a short one. */
const rank = (...parts: [string, 'A' | 'D'][]) =>
  `ts_rank(${parts
    .map(([text, weight]) => `setweight(${vector(`left(${text}, 2000)`)}, '${weight}')`)
    .join(' || ')}, ${query})`;

/** Where the first of the words is, from 1. */
const place = (text: string) => `(
      select min(nullif(strpos(lower(${text}), w.word), 0))
      from unnest($8::text[]) as w (word)
    )`;

/**
 * Goals, tasks and notes that have all of the words, best first; what the query names by its ID before all else. Of a
 * word that is everywhere no more than `candidates` of each kind are looked at. `query` is what to_tsquery reads.
 * A snippet is cut from around the first of the words, which are in lower case.
 */
export const search = defineStatement({
  name: 'search',
  // a rare word is looked up, and of a word that is everywhere the first rows will do: only the word tells which
  plannedAnew: true,
  params: {
    workspaceId: 'int8',
    query: 'text',
    kind: 'text?',
    status: 'text?',
    ids: 'text[]',
    repo: 'text',
    candidates: 'int8',
    words: 'text[]',
    snippetLength: 'int4',
    limit: 'int8',
  },
  columns: {
    kind: 'text',
    id: 'text',
    goal_id: 'text',
    task_id: 'text?',
    status: 'text?',
    snippet: 'text',
    starts_late: 'bool',
    ends_early: 'bool',
    total: 'int8',
  },
  text: `
    with found as (
      select 'task' as kind, t.id, true as named, 0::float4 as rank, t.created_at
      from tasks t
      where t.workspace_id = $1 and t.id = any($5::text[]) and ($3::text is null or $3 = 'task')
        and ($4::text is null or t.status::text = $4)
      union all
      select 'goal', g.id, true, 0, g.created_at
      from goals g
      where g.workspace_id = $1 and g.id = any($5) and ($3 is null or $3 = 'goal') and ($4 is null or g.status::text = $4)
      union all
      select 'task', t.id, false, ${rank(['t.description', 'A'], [values('t.result'), 'D'])}, t.created_at
      from (
        select t.*
        from tasks t
        where t.workspace_id = $1 and ${vectorOfTask} @@ ${query}
          and t.id <> all($5) and ($3 is null or $3 = 'task') and ($4 is null or t.status::text = $4)
        limit $7
      ) t
      union all
      select 'goal', g.id, false, ${rank(['g.description', 'A'])}, g.created_at
      from (
        select g.*
        from goals g
        where g.workspace_id = $1 and (${vector('g.description')} @@ ${query} or g.repos @> array[$6])
          and g.id <> all($5) and ($3 is null or $3 = 'goal') and ($4 is null or g.status::text = $4)
        limit $7
      ) g
      union all
      select 'note', n.id::text, false, ${rank(['n.text', 'A'])}, n.created_at
      from (
        select n.*
        from notes n
        where n.workspace_id = $1 and ${vector('n.text')} @@ ${query} and ($3 is null or $3 = 'note') and $4 is null
        limit $7
      ) n
    ),
    best as (
      select f.*, count(*) over () as total
      from found f
      order by f.named desc, f.rank desc, f.created_at desc, f.id desc
      limit $10
    ),
    shown as (
      select b.kind, b.id, b.named, b.rank, b.created_at, b.total,
        coalesce(t.goal_id, n.goal_id, b.id) as goal_id,
        coalesce(t.id, n.task_id) as task_id,
        coalesce(t.status::text, g.status::text) as status,
        case b.kind
          when 'task' then t.description || case when t.result is null then '' else ' ' || ${values('t.result')} end
          when 'goal' then g.description
          else n.text
        end as text
      from best b
      left join tasks t on t.workspace_id = $1 and t.id = b.id and b.kind = 'task'
      left join goals g on g.workspace_id = $1 and g.id = b.id and b.kind = 'goal'
      left join notes n on n.workspace_id = $1 and n.id = case when b.kind = 'note' then b.id::int8 end
    ),
    placed as (
      select s.*, greatest(1, coalesce(${place('s.text')}, 1) - $9 / 3) as start
      from shown s
    )
    select p.kind, p.id, p.goal_id, p.task_id, p.status, substring(p.text from p.start for $9) as snippet,
      p.start > 1 as starts_late, length(p.text) >= p.start + $9 as ends_early, p.total
    from placed p
    order by p.named desc, p.rank desc, p.created_at desc, p.id desc`,
});
