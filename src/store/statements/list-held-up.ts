import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';

// Pending tasks that wait for what nobody will do: a parked task, or a task that was cancelled by itself. A row for each such
// dependency. One plan cannot serve all ways to them.

const columns = {
  id: 'text',
  description: 'text',
  waits_for: 'text',
  status: 'text',
  goal_id: 'text',
  goal_status: 'text',
} as const;
const params = { workspaceId: 'int8', limit: 'int8' } as const;

/** Tasks of closed goals, and cancelled ones, that are looked at, the newest: old stores may have any number of them. */
const lookedAtMost = 200;

/** First which pending tasks wait, since most tasks of a closed goal are waited for by others of it only. `offset 0` keeps the order. */
const heldUp = (condition: string) => `
    select w.id, left(w.description, 200) as description, x.id as waits_for, x.status::text, x.goal_id, g.status::text as goal_status
    from (
      select w.id, w.description, w.priority, w.number, d.depends_on_id
      from task_dependencies d
      join tasks w on w.workspace_id = $1 and w.id = d.task_id
      where d.workspace_id = $1 and w.status = 'pending' and not w.parked and ${condition}
      offset 0
    ) w
    join tasks x on x.workspace_id = $1 and x.id = w.depends_on_id
    join goals g on g.workspace_id = $1 and g.id = x.goal_id
    where x.parked or x.status = 'cancelled' and not x.waived
    order by w.priority, w.number, x.number
    limit $2`;

/** Of all goals. */
export const listHeldUp = defineStatement({
  name: 'list_held_up',
  params,
  columns,
  text: heldUp(`d.depends_on_id = any(array(
        select p.id
        from tasks p
        where p.workspace_id = $1 and p.parked
        order by p.number desc
        limit ${lookedAtMost}
      ) || array(
        select p.id
        from tasks p
        where p.workspace_id = $1 and p.status = 'cancelled' and not p.waived
        order by p.number desc
        limit ${lookedAtMost}
      ))`),
});

/** Of one goal and all goals below it. */
export const listHeldUpInGoal = defineStatement({
  name: 'list_held_up_in_goal',
  params: { ...params, goalId: 'text' },
  columns,
  text: heldUp(`d.task_id = any(array(
        select v.id
        from tasks v
        where v.workspace_id = $1 and v.goal_id = any(${subtreeOf('array[$3]')}) and v.status = 'pending' and not v.parked
      ))`),
});

/** By what one goal, and all goals below it, left unfinished. */
export const listHeldUpByGoal = defineStatement({
  name: 'list_held_up_by_goal',
  params: { ...params, goalId: 'text' },
  columns,
  text: heldUp(`d.depends_on_id = any(array(
        select p.id
        from tasks p
        where p.workspace_id = $1 and p.goal_id = any(${subtreeOf('array[$3]')}) and p.parked
      ))`),
});

/** Of these tasks. */
export const listHeldUpById = defineStatement({
  name: 'list_held_up_by_id',
  params: { ...params, taskIds: 'text[]' },
  columns,
  text: heldUp('d.task_id = any($3::text[])'),
});
