/** Of each kind, what one task is handed over with, and the characters that are shown of a text. */
const results = 5;
const notes = 3;
const shown = 240;

/** The start of a text, with an ellipsis where there is more of it. */
const start = (text: string) => `left(${text}, ${shown}) || case when length(${text}) > ${shown} then '…' else '' end`;

/** How the last attempt at a task ended: the newest event that took it out of progress, or failed or blocked it. */
const lastAttempt = `(
        select jsonb_build_object(
          'agent', coalesce(e.before ->> 'claimed_by', o.actor),
          'ended', case
            when e.undoes is not null then 'undone'
            when e.action = 'lease_ended' then 'lease ran out'
            when e.action = 'released' then 'released'
            else e.after ->> 'status'
          end,
          'at', to_char(o.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          'reason', ${start('o.reason')}
        )
        from events e
        join operations o on o.workspace_id = $1 and o.seq = e.operation
        where e.workspace_id = $1 and e.task_id = t.id and e.after ->> 'status' <> 'in_progress'
          and (e.before ->> 'status' = 'in_progress' or e.after ->> 'status' in ('failed', 'blocked'))
        order by e.seq desc
        limit 1
      )`;

const resultsOfDependencies = `(
        select jsonb_agg(jsonb_build_object('task_id', r.id, 'result', ${start(`(r.result #>> '{}')`)}) order by r.place)
        from (
          select r.id, r.result, d.place
          from task_dependencies d
          join tasks r on r.workspace_id = $1 and r.id = d.depends_on_id
          where d.workspace_id = $1 and d.task_id = t.id and r.result is not null
          order by d.place
          limit ${results}
        ) r
      )`;

const newestNotes = `(
        select jsonb_agg(jsonb_build_object('actor', n.actor, 'text', ${start('n.text')}) order by n.id desc)
        from (
          select n.id, n.actor, n.text
          from notes n
          where n.workspace_id = $1 and n.task_id = t.id
          order by n.id desc
          limit ${notes}
        ) n
      )`;

/** The task's criteria, and whose word each has. */
const criteria = `(select jsonb_agg(c.value - 'met_at' order by c.place) from jsonb_array_elements(t.criteria) with ordinality as c (value, place))`;

/**
 * What whoever takes up the task `t` finds: how the last attempt ended, the results of what it depends on, its newest notes, its criteria.
 * Null where there is nothing of it. Only a task that was claimed before, or has a result, has had an attempt.
 */
export const handOver = `nullif(jsonb_strip_nulls(jsonb_build_object(
      'last_attempt', case when t.fence > 1 or t.result is not null then ${lastAttempt} end,
      'results', ${resultsOfDependencies},
      'notes', ${newestNotes},
      'criteria', case when t.criteria <> '[]' then ${criteria} end
    )), '{}')`;
