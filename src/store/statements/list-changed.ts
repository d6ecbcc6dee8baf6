import { defineStatement } from '../statement.ts';

const columns = { goal_id: 'text', task_id: 'text?' } as const;

/**
 * What is shown otherwise since these events: goals, and tasks with their goals. To these belong the tasks that depend on
 * a changed one, since their goals' plans look at its status, and those that depended on a deleted one.
 */
function changedBy(events: string): string {
  return `happened as (
      select e.goal_id, e.task_id, e.before, e.after is null as deleted
      from events e
      where e.workspace_id = $1 and ${events}
      limit $2
    ),
    touched as (
      select h.goal_id, h.task_id
      from happened h
      union
      -- the goal that a task was moved away from
      select h.before ->> 'goal_id', h.task_id
      from happened h
      where h.task_id is not null and h.before ? 'goal_id'
      union
      select t.goal_id, t.id
      from happened h
      join task_dependencies d on d.workspace_id = $1 and d.depends_on_id = h.task_id
      join tasks t on t.workspace_id = $1 and t.id = d.task_id
      union
      select t.goal_id, t.id
      from happened h
      cross join jsonb_to_recordset(h.before -> 'dependents') as x (task_id text)
      join tasks t on t.workspace_id = $1 and t.id = x.task_id
      where h.deleted and h.task_id is not null
    )`;
}

/** What these operations changed: at most `limit` rows. */
export const listChangedByOperations = defineStatement({
  name: 'list_changed_by_operations',
  params: { workspaceId: 'int8', limit: 'int8', operations: 'int8[]' },
  columns,
  text: `
    with ${changedBy('e.operation = any($3::int8[])')}
    select t.goal_id, t.task_id
    from touched t
    limit $2`,
});

/** What an operation changed, and the tasks of `taskIds`: at most `limit` rows, each with the number of the operation. */
export const listChanged = defineStatement({
  name: 'list_changed',
  params: { workspaceId: 'int8', limit: 'int8', id: 'uuid', taskIds: 'text[]' },
  columns: { ...columns, operation: 'int8?' },
  text: `
    with made as (
      select o.seq
      from operations o
      where o.workspace_id = $1 and o.id = $3
    ),
    ${changedBy('e.operation = (select m.seq from made m)')}
    select t.goal_id, t.task_id, (select m.seq from made m) as operation
    from (
      select t.goal_id, t.task_id
      from touched t
      union
      select t.goal_id, t.id
      from tasks t
      where t.workspace_id = $1 and t.id = any($4::text[])
    ) t
    limit $2`,
});
