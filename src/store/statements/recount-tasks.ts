import { defineStatement } from '../statement.ts';
import { isShut, subtreeOf } from './goal-tree-pieces.ts';
import { isOpen, keepsWaiting } from './sql.ts';

const open = `(
      select count(*)::int4
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = t.id
        and (select ${keepsWaiting('x')} from tasks x where x.workspace_id = $1 and x.id = d.depends_on_id)
    )`;
const parked = `(
      select ${isOpen('t')} and ${isShut('g')}
      from goals g
      where g.workspace_id = $1 and g.id = t.goal_id
    )`;

/**
 * Counts the open dependencies of these tasks, and of those that depend on them, again, and looks which of
 * them are parked, and which of all tasks of these goals and those below them.
 * Task by task: joined, a plan that is kept compares each with each.
 */
export const recountTasks = defineStatement({
  name: 'recount_tasks',
  params: { workspaceId: 'int8', taskIds: 'text[]', goalIds: 'text[]' },
  columns: {},
  text: `
    with touched as (
      select i.id
      from unnest($2::text[]) as i (id)
      union
      select d.task_id
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any($2::text[])
      union
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any(${subtreeOf('$3::text[]')})
    )
    update tasks t
    set open_dependencies = ${open}, parked = ${parked}, revision = t.revision + 1
    where t.workspace_id = $1 and t.id = any(array(select i.id from touched i))
      and (t.open_dependencies <> ${open} or t.parked <> ${parked})`,
});
