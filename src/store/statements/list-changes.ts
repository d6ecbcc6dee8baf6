import { limits } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

/** What tells an event from another one that has its number: in a copy of the database, or after a crash that lost it. */
const mark = `right(o.id::text, 12)`;

/** The mark of the event of a number; no row where there is no such event. */
export const findEventMark = defineStatement({
  name: 'find_event_mark',
  params: { workspaceId: 'int8', seq: 'int8' },
  columns: { mark: 'text' },
  text: `
    select ${mark} as mark
    from events e
    join operations o on o.workspace_id = $1 and o.seq = e.operation
    where e.workspace_id = $1 and e.seq = $2`,
});

/** The newest of what went to a file, where it has this number or a later one. */
export const findArchivedAfter = defineStatement({
  name: 'find_archived_after',
  params: { workspaceId: 'int8', seq: 'int8' },
  columns: { seq: 'int8', mark: 'text' },
  text: `
    select a.last_seq as seq, a.mark
    from history_archives a
    where a.workspace_id = $1 and a.last_seq >= $2
    order by a.last_seq desc
    limit 1`,
});

/** The last event up to a number, also where it went to a file. */
export const findLastEvent = defineStatement({
  name: 'find_last_event',
  params: { workspaceId: 'int8', upTo: 'int8' },
  columns: { seq: 'int8', mark: 'text' },
  text: `
    select l.seq, l.mark
    from (
      (
        select e.seq, ${mark} as mark
        from events e
        join operations o on o.workspace_id = $1 and o.seq = e.operation
        where e.workspace_id = $1 and e.seq <= $2
        order by e.seq desc
        limit 1
      )
      union all
      (
        select a.last_seq, a.mark
        from history_archives a
        where a.workspace_id = $1 and a.last_seq <= $2
        order by a.last_seq desc
        limit 1
      )
    ) l
    order by l.seq desc
    limit 1`,
});

const shortValues = (image: string) => `(
        select jsonb_object_agg(k.key, k.value)
        from jsonb_each(${image}) as k
        where length(k.value::text) <= $5
      )`;

/**
 * Events after one number and up to another, in their order. `before` and `after` have the values whose JSON is no longer
 * than `valueLimit` characters. `changed` names the columns that differ, where the row was there before and is there after.
 * `other_goals` are goals whose tasks depend on this one, that it was moved away from, and those above its goal, which it counts
 * for.
 */
export const listChanges = defineStatement({
  name: 'list_changes',
  params: { workspaceId: 'int8', after: 'int8', upTo: 'int8', limit: 'int8', valueLimit: 'int4' },
  columns: {
    seq: 'int8',
    mark: 'text',
    operation: 'int8',
    operation_id: 'uuid',
    at: 'text',
    actor: 'text',
    tool: 'text?',
    reason: 'text?',
    action: 'text',
    goal_id: 'text',
    task_id: 'text?',
    was: 'bool',
    is_there: 'bool',
    changed: 'text[]',
    before: 'jsonb?',
    after: 'jsonb?',
    other_goals: 'text[]',
  },
  text: `
    select e.seq, ${mark} as mark, e.operation, o.id as operation_id, ${exactTime('o.at')} as at, o.actor, o.tool, o.reason,
      e.action, e.goal_id, e.task_id, e.before is not null as was, e.after is not null as is_there,
      case when e.before is null or e.after is null then '{}' else array(
        select k.key
        from jsonb_object_keys(e.after) as k (key)
        where e.before -> k.key is distinct from e.after -> k.key
        order by k.key
      ) end as changed,
      ${shortValues('e.before')} as before,
      ${shortValues('e.after')} as after,
      array(
        select t.goal_id
        from task_dependencies d
        join tasks t on t.workspace_id = $1 and t.id = d.task_id
        where d.workspace_id = $1 and d.depends_on_id = e.task_id and t.goal_id <> e.goal_id
        union
        select t.goal_id
        from jsonb_to_recordset(e.before -> 'dependents') as x (task_id text)
        join tasks t on t.workspace_id = $1 and t.id = x.task_id
        where t.goal_id <> e.goal_id
        union
        select e.before ->> 'goal_id'
        where e.task_id is not null and e.before ->> 'goal_id' <> e.goal_id
        union
        select v.id
        from (
          with recursive above (id, level) as (
            select p.id, 1
            from unnest(array[
              (select g.parent_goal_id from goals g where g.workspace_id = $1 and g.id = e.goal_id),
              case when e.task_id is null then e.before ->> 'parent_goal_id' end,
              case when e.task_id is null then e.after ->> 'parent_goal_id' end
            ]) as p (id)
            where p.id is not null
            union
            select g.parent_goal_id, a.level + 1
            from above a
            cross join lateral (
              select g.parent_goal_id
              from goals g
              where g.workspace_id = $1 and g.id = a.id
              limit 1
            ) g
            where g.parent_goal_id is not null and a.level < ${limits.goalLevels}
          )
          select a.id
          from above a
        ) v
        order by 1
      ) as other_goals
    from (
      -- the page first, and only then what its rows look like
      select e.*
      from events e
      where e.workspace_id = $1 and e.seq > $2 and e.seq <= $3
      order by e.seq
      limit $4
    ) e
    join operations o on o.workspace_id = $1 and o.seq = e.operation
    order by e.seq`,
});
