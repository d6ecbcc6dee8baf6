import { countedAtMost, limits } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { isOpenGoal, subGoalsOf } from './goal-tree-pieces.ts';
import { isListed } from './sql.ts';

/** The sub-goals of a goal without the archived ones, those to be done first, then by number: at most `limit`. */
export const listSubGoals = defineStatement({
  name: 'list_sub_goals',
  params: { workspaceId: 'int8', textLimit: 'int4', goalId: 'text', limit: 'int8' },
  columns: {
    id: 'text',
    description: 'text',
    status: 'text',
    total_tasks: 'int4',
    open_tasks: 'int4',
    total_goals: 'int4',
  },
  text: `
    select g.id, left(g.description, $2) as description, g.status::text, g.total_tasks, g.open_tasks, g.total_goals
    from goals g
    where g.workspace_id = $1 and g.parent_goal_id = $3 and ${isListed('g')}
    order by (${isOpenGoal('g')}) desc, g.number
    limit $4`,
});

/** How far these goals are with all that is below them: the goals below, and the tasks of all, each up to a bound. */
export const countBelow = defineStatement({
  name: 'count_below',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', goals: 'int8', total_tasks: 'int8', open_tasks: 'int8' },
  text: `
    select r.id, n.goals, n.total_tasks, n.open_tasks
    from unnest($2::text[]) as r (id)
    cross join lateral (
      with recursive below (id, total_tasks, open_tasks, level) as (
        select g.id, g.total_tasks, g.open_tasks, 1
        from goals g
        where g.workspace_id = $1 and g.id = r.id
        union all
        select c.id, c.total_tasks, c.open_tasks, b.level + 1
        from below b
        ${subGoalsOf('b.id', 'c.id, c.total_tasks, c.open_tasks')}
        where b.level < ${limits.goalLevels}
      )
      select count(*) - 1 as goals, coalesce(sum(x.total_tasks), 0) as total_tasks, coalesce(sum(x.open_tasks), 0) as open_tasks
      from (
        select b.total_tasks, b.open_tasks
        from below b
        limit ${countedAtMost.below}
      ) x
    ) n`,
});
