import { defineStatement } from '../statement.ts';
import { lockedUpward } from './goal-tree-pieces.ts';

const standing = {
  id: 'text',
  status: 'text',
  total_tasks: 'int4',
  open_tasks: 'int4',
  parent_goal_id: 'text?',
  total_goals: 'int4',
  open_goals: 'int4',
  revision: 'int8',
  strict: 'bool',
} as const;
const stands =
  'g.id, g.status::text, g.total_tasks, g.open_tasks, g.parent_goal_id, g.total_goals, g.open_goals, g.revision, g.strict';

/** Locks goals, in the order of their numbers, and says how they stand. IDs that are not there have no row. */
export const lockGoals = defineStatement({
  name: 'lock_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: standing,
  text: `
    select ${stands}
    from goals g
    where g.workspace_id = $1 and g.id = any($2::text[])
    order by g.number
    for no key update`,
});

/** The same of goals and all goals above them, each before its parent. */
export const lockGoalsUpward = defineStatement({
  name: 'lock_goals_upward',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: standing,
  text: `
    ${lockedUpward('$2::text[]', stands)}`,
});
