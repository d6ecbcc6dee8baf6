import { defineStatement } from '../statement.ts';
import { exactTime, timeBound } from './sql.ts';

/** What a row keeps for itself, and says nothing to a reader. */
const bookkeeping = `'{revision,completed_at,total_tasks,open_tasks,total_goals,open_goals,fence,lease_expires_at,attempts,places}'::text[]`;

const params = {
  workspaceId: 'int8',
  textLimit: 'int4',
  limit: 'int8',
  actor: 'text?',
  /** The first instant that counts, and how many seconds ago that was: one of them, or none. */
  since: 'timestamptz?',
  secondsAgo: 'float8?',
  /** Those before this event. */
  beforeOperation: 'int8?',
  beforeSeq: 'int8?',
} as const;

const columns = {
  seq: 'int8',
  operation: 'int8',
  at: 'text',
  actor: 'text',
  action: 'text',
  goal_id: 'text',
  task_id: 'text?',
  subject: 'text?',
  undoes: 'int8[]?',
  was: 'bool',
  is_there: 'bool',
  parent: 'text?',
  changes: 'jsonb',
} as const;

/** The start of a column's text; of criteria, all of it, which is short; of a parent, its ID and what it is about, as far as it is there. */
const value = (image: 'before' | 'after') => `case
          when k.name = 'parent_goal_id' then concat_ws(' ', nullif(e.${image} ->> k.name, ''), (
            select left(p.description, $2)
            from goals p
            where p.workspace_id = $1 and p.id = e.${image} ->> k.name))
          when k.name = 'criteria' then e.${image} ->> k.name
          else left(e.${image} ->> k.name, $2)
        end`;

/** `changes` has an entry for each column that changed: its text before and after, cut. `was` and `is_there`: whether there was a row before and after. */
const shown = (page: string, order: string) => `
    select e.seq, e.operation, ${exactTime('e.at')} as at, e.actor,
      case e.action when 'followed' then 'updated' else e.action end as action, e.goal_id, e.task_id,
      left(coalesce(e.after ->> 'description', e.before ->> 'description', e.after ->> 'text', e.before ->> 'text', e.after ->> 'name', e.before ->> 'name'), $2) as subject,
      e.undoes, e.before is not null as was, e.after is not null as is_there,
      case when e.action = 'created' then e.after ->> 'parent_goal_id' end as parent,
      coalesce((
        select jsonb_object_agg(k.name, jsonb_build_array(${value('before')}, ${value('after')}))
        from jsonb_object_keys(e.after) as k (name)
        where e.before is not null and e.before -> k.name is distinct from e.after -> k.name and k.name <> all(${bookkeeping})
      ), '{}'::jsonb) as changes
    from (
      -- the page first, and only then what its rows look like
      ${page}
    ) e
    order by ${order}`;

/** Events, each with its operation. That there is one at most is said so that the page is read in the order of the events. */
const from = `
      from events e
      cross join lateral (
        select o.at, o.actor
        from operations o
        where o.workspace_id = $1 and o.seq = e.operation
        limit 1
      ) o`;

/** An index is read from this bound, whether a time is given or not. */
const isSince = `o.at >= ${timeBound('$5', '$6')}`;

/** Operations older than the time that is given have lower numbers than this one, and are not walked through. */
const firstSince = `(
          select min(f.seq)
          from (
            select o.seq
            from operations o
            where o.workspace_id = $1 and ${isSince}
            order by o.at
            limit 100
          ) f
        )`;

const greatest = '9223372036854775807';

/** Events by their numbers. */
const byNumber = (condition: string) =>
  shown(
    `select e.*, o.at, o.actor${from}
      where ${condition}
        and ($4::text is null or o.actor = $4)
        and ${isSince}
        and e.seq >= ${firstSince}
        and e.seq < coalesce($8::int8, ${greatest})
        and ($7::int8 is null or $8 is not null)
      order by e.seq desc
      limit $3`,
    'e.seq desc',
  );

/** What happened, newest first. */
export const listHistory = defineStatement({
  name: 'list_history',
  params,
  columns,
  text: byNumber('e.workspace_id = $1'),
});

/** What happened to a goal and its tasks: a statement of its own, because one plan cannot serve both indexes. */
export const listHistoryOfGoal = defineStatement({
  name: 'list_history_of_goal',
  params: { ...params, goalId: 'text' },
  columns,
  text: byNumber('e.workspace_id = $1 and e.goal_id = $9'),
});

/** What happened to a task. */
export const listHistoryOfTask = defineStatement({
  name: 'list_history_of_task',
  params: { ...params, taskId: 'text' },
  columns,
  text: byNumber('e.workspace_id = $1 and e.task_id = $9'),
});

/** What one actor did, operation by operation: those of others are not walked through. */
export const listHistoryOfActor = defineStatement({
  name: 'list_history_of_actor',
  params: { ...params, actor: 'text' },
  columns,
  text: shown(
    `select e.*, o.at, o.actor
      from operations o
      join events e on e.workspace_id = $1 and e.operation = o.seq
      where o.workspace_id = $1 and o.actor = $4
        and ${isSince}
        and o.seq >= ${firstSince}
        and (o.seq, e.seq) < (coalesce($7::int8, ${greatest}), coalesce($8::int8, ${greatest}))
        and o.seq <= coalesce($7, ${greatest})
      order by o.seq desc, e.seq desc
      limit $3`,
    'e.operation desc, e.seq desc',
  ),
});

/** The first events of one operation. */
export const listHistoryOfOperation = defineStatement({
  name: 'list_history_of_operation',
  params: { workspaceId: 'int8', textLimit: 'int4', limit: 'int8', operation: 'int8' },
  columns,
  text: shown(
    `select e.*, o.at, o.actor${from}
      where e.workspace_id = $1 and e.operation = $4
      order by e.seq
      limit $3`,
    'e.seq',
  ),
});

/** The operations of an actor, newest first, each by its first event: those that are no undos, or all. */
export const listOperationStarts = defineStatement({
  name: 'list_operation_starts',
  params: {
    workspaceId: 'int8',
    textLimit: 'int4',
    limit: 'int8',
    actor: 'text',
    since: 'timestamptz?',
    secondsAgo: 'float8?',
    beforeOperation: 'int8?',
    withUndos: 'bool',
  },
  columns,
  text: shown(
    `select e.*, o.at, o.actor
      from operations o
      cross join lateral (
        select e.*
        from events e
        where e.workspace_id = $1 and e.operation = o.seq and (e.goal_id <> '' or e.action like 'template%') -- names are not taken back
        order by e.seq
        limit 1
      ) e
      where o.workspace_id = $1 and o.actor = $4 and ${isSince}
        and o.seq >= ${firstSince}
        and o.seq < coalesce($7::int8, ${greatest}) and ($8 or e.undoes is null)
      order by o.seq desc
      limit $3`,
    'e.operation desc',
  ),
});
