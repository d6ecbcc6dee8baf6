import { defineFunction } from '../function.ts';
import { taskColumns, taskSelect } from '../statements/columns.ts';
import { deletedTaskLabels, followedTaskLabels, insertedTaskLabels } from '../statements/label-pieces.ts';
import { claimOf, editedPriority, taskEdit } from '../statements/sql.ts';
import {
  eventColumns,
  moveReadyStarts,
  operationVariables,
  recordOperation,
  replaceWords,
  wordsParams,
} from './pieces.ts';

/**
 * Changes the fields of a task that `change` has, a null among them taking a value away; no row where there is no such
 * task. It meets nobody but those who change that row.
 */
export const editTask = defineFunction({
  name: 'edit_task',
  params: { workspaceId: 'int8', operation: 'uuid', actor: 'text', taskId: 'text', change: 'jsonb', ...wordsParams },
  columns: taskColumns,
  declare: { ...operationVariables, was: 'tasks', at: 'timestamptz' },
  body: `
  select t.* into was
  from tasks t
  where t.workspace_id = $1 and t.id = p_task_id
  for no key update;
  if not found then
    return;
  end if;
${recordOperation()}
  at := clock_timestamp();
  update tasks t
  set ${taskEdit('p_change')},
    updated_at = at,
    revision = t.revision + 1
  from ${editedPriority('p_change')}
  where t.workspace_id = $1 and t.id = p_task_id;
${replaceWords('task_words', 'task_id')}
  if p_change ? 'labels' then
    ${deletedTaskLabels('array[p_task_id]')};
    ${insertedTaskLabels('array[p_task_id]')};
  elsif p_change ? 'priority' and was.labels <> '{}' then
    ${followedTaskLabels('array[p_task_id]')};
  end if;
  if p_change ? 'priority' then
    ${moveReadyStarts('t.id = p_task_id')}
  end if;
  insert into events (${eventColumns})
  select $1, operation_seq, 'updated', x.goal_id, x.id, x.before, x.after
  from (
    select t.goal_id, t.id, k.before, k.after
    from tasks t
    cross join lateral (
      select coalesce(jsonb_object_agg(c.key, to_jsonb(was) -> c.key), '{}') as before, coalesce(jsonb_object_agg(c.key, c.value), '{}') as after
      from jsonb_each(to_jsonb(t) - '{revision,updated_at}'::text[]) as c
      where c.value <> to_jsonb(was) -> c.key
    ) k
    where t.workspace_id = $1 and t.id = p_task_id
    offset 0
  ) x;
  return query
  select ${taskSelect}
  from tasks t
  ${claimOf('t')}
  where t.workspace_id = $1 and t.id = p_task_id;`,
});
