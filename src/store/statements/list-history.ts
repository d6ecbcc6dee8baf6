import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

/** What a row keeps for itself, and says nothing to a reader. */
const bookkeeping = `'{revision,updated_at,completed_at,open_dependencies,parked,total_tasks,open_tasks,fence,lease_expires_at,attempts,places}'::text[]`;

const params = {
  workspaceId: 'int8',
  textLimit: 'int4',
  limit: 'int8',
  actor: 'text?',
  /** The first instant that counts, and how many seconds ago that was: one of them, or none. */
  since: 'timestamptz?',
  secondsAgo: 'float8?',
  /** Those before this event, by its time and number. */
  beforeAt: 'timestamptz?',
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
  changes: 'jsonb',
} as const;

/** `changes` has an entry for each column that changed: its text before and after, cut. `was` and `is_there`: whether there was a row before and after. */
const select = (condition: string) => `
    select e.seq, e.operation, ${exactTime('e.at')} as at, e.actor, e.action, e.goal_id, e.task_id,
      left(coalesce(e.after ->> 'description', e.before ->> 'description', e.after ->> 'text', e.before ->> 'text'), $2) as subject,
      e.undoes, e.before is not null as was, e.after is not null as is_there,
      coalesce((
        select jsonb_object_agg(k.name, jsonb_build_array(left(e.before ->> k.name, $2), left(e.after ->> k.name, $2)))
        from jsonb_object_keys(e.after) as k (name)
        where e.before is not null and e.before -> k.name is distinct from e.after -> k.name and k.name <> all(${bookkeeping})
      ), '{}'::jsonb) as changes
    from (
      -- the page first, and only then what its rows look like
      select e.*
      from events e
      where ${condition}
        and ($4::text is null or e.actor = $4)
        and ($5::timestamptz is null or e.at >= $5)
        and ($6::float8 is null or e.at >= now() - make_interval(secs => $6))
        and ($7::timestamptz is null or (e.at, e.seq) < ($7, $8::int8))
      order by e.at desc, e.seq desc
      limit $3
    ) e
    order by e.at desc, e.seq desc`;

/** What happened, newest first. */
export const listHistory = defineStatement({
  name: 'list_history',
  params,
  columns,
  text: select('e.workspace_id = $1'),
});

/** What happened to a goal and its tasks: a statement of its own, because one plan cannot serve both indexes. */
export const listHistoryOfGoal = defineStatement({
  name: 'list_history_of_goal',
  params: { ...params, goalId: 'text' },
  columns,
  text: select('e.workspace_id = $1 and e.goal_id = $9'),
});

/** What happened to a task. */
export const listHistoryOfTask = defineStatement({
  name: 'list_history_of_task',
  params: { ...params, taskId: 'text' },
  columns,
  text: select('e.workspace_id = $1 and e.task_id = $9'),
});

/** What one operation did. */
export const listHistoryOfOperation = defineStatement({
  name: 'list_history_of_operation',
  params: { ...params, operation: 'int8' },
  columns,
  text: select('e.workspace_id = $1 and e.operation = $9'),
});

/** The first event of each operation of an actor. */
export const listOperationStarts = defineStatement({
  name: 'list_operation_starts',
  params: { ...params, actor: 'text' },
  columns,
  text: select('e.workspace_id = $1 and e.actor = $4 and e.seq = e.operation'),
});
