import { defineFunction, invoked } from '../function.ts';
import { deletedTaskImage, goalState } from '../statements/images.ts';
import { followedGoals, goalStatus, isOpen, keepsWaiting } from '../statements/sql.ts';
import { countSubGoals } from './count-sub-goals.ts';
import {
  eventColumns,
  lockGraphExclusive,
  lockUpward,
  moveReadyStarts,
  operationVariables,
  recordOperation,
} from './pieces.ts';

/**
 * Deletes a task; no row where there is none. Those that waited for it wait no more; a goal that is left with nothing but
 * completed tasks is completed.
 */
export const deleteTask = defineFunction({
  name: 'delete_task',
  params: { workspaceId: 'int8', operation: 'uuid', actor: 'text', taskId: 'text' },
  columns: { goal_id: 'text', dependent_tasks: 'text[]', claimed_by: 'text?', lease_expires_at: 'timestamptz?' },
  declare: {
    ...operationVariables,
    was: 'tasks',
    goal_was: 'goals',
    dependents: 'text[]',
    held: 'claims',
    at: 'timestamptz',
  },
  body: `
${lockGraphExclusive}
  dependents := array(
    select d.task_id
    from task_dependencies d
    where d.workspace_id = $1 and d.depends_on_id = p_task_id
    order by d.task_id
  );
  perform
  from tasks t
  where t.workspace_id = $1 and t.id = any(dependents || p_task_id)
  order by t.number
  for update;
  select t.* into was
  from tasks t
  where t.workspace_id = $1 and t.id = p_task_id;
  if not found then
    return;
  end if;
  select g.* into goal_was
  from goals g
  where g.workspace_id = $1 and g.id = was.goal_id
  for no key update;
  if goal_was.parent_goal_id is not null then
    ${lockUpward('array[was.goal_id]')}
  end if;
${recordOperation()}
  insert into events (${eventColumns})
  select $1, operation_seq, 'deleted', x.goal_id, x.id, x.image, null
  from (
    select t.goal_id, t.id, ${deletedTaskImage('t')} as image
    from tasks t
    where t.workspace_id = $1 and t.id = p_task_id
    offset 0
  ) x;
  select c.* into held
  from claims c
  where c.workspace_id = $1 and c.task_id = p_task_id;
  if ${keepsWaiting('was')} then
    update tasks t
    set open_dependencies = t.open_dependencies - 1, revision = t.revision + 1
    where t.workspace_id = $1 and t.id = any(dependents);
    ${moveReadyStarts('t.id = any(dependents)')}
  end if;
  delete from tasks t
  where t.workspace_id = $1 and t.id = p_task_id;
  at := clock_timestamp();
  update goals g
  set total_tasks = g.total_tasks - 1,
    open_tasks = g.open_tasks - (${isOpen('was')})::int4,
    status = ${goalStatus({ status: 'g.status', total: 'g.total_tasks + g.total_goals - 1', open: 'g.open_tasks + g.open_goals - 1', closes: isOpen('was'), opens: 'false' })},
    updated_at = at,
    revision = g.revision + 1
  where g.workspace_id = $1 and g.id = was.goal_id;
  ${followedGoals('array[was.goal_id]')};
  insert into events (${eventColumns})
  select $1, operation_seq, 'followed', g.id, null,
    ${goalState('goal_was', 'g')}, ${goalState('g', 'goal_was')}
  from goals g
  where g.workspace_id = $1 and g.id = was.goal_id and g.status <> goal_was.status;
  if found and goal_was.parent_goal_id is not null then
    perform from ${invoked(countSubGoals, {
      workspaceId: '$1',
      operation: 'operation_seq',
      goalIds: 'array[goal_was.parent_goal_id]',
      totals: 'array[0]',
      opened: 'array[-1]',
      restarts: 'array[false]',
    })} as counted;
  end if;
  return query
  select was.goal_id, dependents, held.holder, held.expires_at;`,
});
