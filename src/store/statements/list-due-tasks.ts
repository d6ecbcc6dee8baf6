import { countedAtMost } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';
import { isOpen } from './sql.ts';

// Open tasks and goals that are late, or due within a week, what is due first at the top. `total` counts all of them, up to
// a bound.

const params = { workspaceId: 'int8', textLimit: 'int4', limit: 'int8' } as const;
const columns = {
  id: 'text',
  goal_id: 'text',
  status: 'text',
  description: 'text',
  due_at: 'timestamptz',
  late: 'bool',
  total: 'int8',
} as const;

const due = (scope: string) => {
  const condition = `t.workspace_id = $1${scope} and t.due_at <= now() + interval '7 days' and t.completed_at is null
        and not t.parked and ${isOpen('t')}`;
  return `
    select t.id, t.goal_id, t.status::text, left(t.description, $2) as description, t.due_at, t.due_at < now() as late,
      (select count(*) from (select from tasks t where ${condition} limit ${countedAtMost.briefed}) as counted) as total
    from tasks t
    where ${condition}
    order by t.due_at, t.number
    limit $3`;
};

export const listDueTasks = defineStatement({ name: 'list_due_tasks', params, columns, text: due('') });

/** The same of one goal and all goals below it: a statement of its own, because one plan cannot serve both indexes. */
export const listDueTasksOfGoal = defineStatement({
  name: 'list_due_tasks_of_goal',
  params: { ...params, goalId: 'text' },
  columns,
  text: due(` and t.goal_id = any(${subtreeOf('array[$4]')})`),
});

/** Open goals that are late, or due within a week: one of them, or all. */
export const listDueGoals = defineStatement({
  name: 'list_due_goals',
  params: { ...params, goalId: 'text?' },
  columns,
  text: `
    select g.id, g.id as goal_id, g.status::text, left(g.description, $2) as description, g.due_at, g.due_at < now() as late, count(*) over () as total
    from (
      select g.id, g.number, g.status, g.description, g.due_at
      from goals g
      where g.workspace_id = $1 and g.due_at <= now() + interval '7 days' and g.status in ('planned', 'in_progress')
        and ($4::text is null or g.id = $4)
      order by g.due_at, g.number
      limit ${countedAtMost.briefed}
    ) g
    order by g.due_at, g.number
    limit $3`,
});
