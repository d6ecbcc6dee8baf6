import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';
import { secondsOf } from './sql.ts';

/** Locks the tasks of goals and of all goals below them, and those that depend on them, for one who holds the exclusive graph lock. */
export const lockTasksOfGoals = defineStatement({
  name: 'lock_tasks_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', goal_id: 'text' },
  text: `
    select t.id, t.goal_id
    from tasks t
    where t.workspace_id = $1 and t.id = any(array(
      select x.id
      from tasks x
      where x.workspace_id = $1 and x.goal_id = any(${subtreeOf('$2::text[]')})
      union all
      select d.task_id
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any(array(
        select y.id
        from tasks y
        where y.workspace_id = $1 and y.goal_id = any(${subtreeOf('$2::text[]')})
      ))
    ))
    order by t.number
    for update`,
});

/** Locks a task that is to be changed, and says what it is, and when. */
export const lockTask = defineStatement({
  name: 'lock_task',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { goal_id: 'text', status: 'text', revision: 'int8', repo: 'text?', criteria: 'jsonb', at: 'text' },
  text: `
    select t.goal_id, t.status::text, t.revision, t.repo, t.criteria, ${secondsOf('clock_timestamp()')} as at
    from tasks t
    where t.workspace_id = $1 and t.id = $2
    for no key update`,
});
