import { defineStatement } from '../statement.ts';
import { concernedGoals, undoneDependencies, undoneRows } from './sql.ts';

// For one who holds the exclusive graph lock: the rows that taking back these operations changes, in the order of their numbers.

/** The tasks, and those whose count of open dependencies it moves. */
export const lockUndoneTasks = defineStatement({
  name: 'lock_undone_tasks',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: { id: 'text' },
  text: `
    with ${undoneRows},
    ${undoneDependencies}
    select t.id
    from tasks t
    where t.workspace_id = $1
      and t.id = any(array(
        select u.id
        from undone u
        where u.kind = 'task'
        union
        select x.task_id
        from dependents x
        union
        select d.task_id
        from task_dependencies d
        where d.workspace_id = $1 and d.depends_on_id = any(array(select u.id from undone u where u.kind = 'task'))
        union
        select u.task_id
        from undone u
        where u.kind = 'note'
      ))
    order by t.number
    for update`,
});

/** The goals, and those of the tasks. */
export const lockUndoneGoals = defineStatement({
  name: 'lock_undone_goals',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: { id: 'text' },
  text: `
    select g.id
    from goals g
    where g.workspace_id = $1
      and g.id = any(array(${concernedGoals}))
    order by g.number
    for no key update`,
});
