import { limits } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { parentOf, subGoalsOf } from './goal-tree-pieces.ts';

/** Goals, `start`, and what is above each: the goal itself at the distance 0, its parent at 1, and so on. */
export const listGoalsAbove = defineStatement({
  name: 'list_goals_above',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { start: 'text', id: 'text', status: 'text', description: 'text', distance: 'int4' },
  text: `
    with recursive above (start, id, parent_goal_id, status, description, distance) as (
      select g.id, g.id, g.parent_goal_id, g.status, left(g.description, 240), 0
      from goals g
      where g.workspace_id = $1 and g.id = any($2::text[])
      union all
      select a.start, p.id, p.parent_goal_id, p.status, p.description, a.distance + 1
      from above a
      ${parentOf('a.parent_goal_id', 'p.id, p.parent_goal_id, p.status, left(p.description, 240) as description')}
      where a.distance < ${limits.goalLevels}
    )
    select a.start, a.id, a.status::text, a.description, a.distance
    from above a
    order by a.start, a.distance`,
});

/** How many levels each of these goals has, with what is below it. */
export const countLevelsBelow = defineStatement({
  name: 'count_levels_below',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', levels: 'int4' },
  text: `
    with recursive below (start, id, level) as (
      select r.id, r.id, 1
      from unnest($2::text[]) as r (id)
      union all
      select b.start, c.id, b.level + 1
      from below b
      ${subGoalsOf('b.id', 'c.id')}
      where b.level <= ${limits.goalLevels}
    )
    select b.start as id, max(b.level) as levels
    from below b
    group by b.start`,
});
