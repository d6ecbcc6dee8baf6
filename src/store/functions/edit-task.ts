import { defineFunction } from '../function.ts';
import { claimOf, taskColumns, taskEdit, taskSelect } from '../statements/sql.ts';
import { eventColumns, operationVariable, recordOperation, replaceWords, wordsParams } from './pieces.ts';

/**
 * Changes the fields of a task that `change` has, a null among them taking a value away; no row where there is no such
 * task. It meets nobody but those who change that row.
 */
export const editTask = defineFunction({
  name: 'edit_task',
  params: { workspaceId: 'int8', operation: 'uuid', actor: 'text', taskId: 'text', change: 'jsonb', ...wordsParams },
  columns: taskColumns,
  declare: { ...operationVariable, was: 'tasks' },
  body: `
  select t.* into was
  from tasks t
  where t.workspace_id = $1 and t.id = p_task_id
  for no key update;
  if not found then
    return;
  end if;
${recordOperation()}
  update tasks t
  set ${taskEdit('p_change')},
    updated_at = clock_timestamp(),
    revision = t.revision + 1
  where t.workspace_id = $1 and t.id = p_task_id;
${replaceWords('task_words', 'task_id')}
  insert into events (${eventColumns})
  select $1, operation_seq, 'updated', t.goal_id, t.id, x.before, x.after
  from tasks t
  cross join lateral (
    select coalesce(jsonb_object_agg(k.key, to_jsonb(was) -> k.key), '{}') as before, coalesce(jsonb_object_agg(k.key, k.value), '{}') as after
    from jsonb_each(to_jsonb(t) - '{revision,updated_at}'::text[]) as k
    where k.value <> to_jsonb(was) -> k.key
  ) x
  where t.workspace_id = $1 and t.id = p_task_id;
  return query
  select ${taskSelect}
  from tasks t
  ${claimOf('t')}
  where t.workspace_id = $1 and t.id = p_task_id;`,
});
