import { countedAtMost } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';

const columns = {
  goals: 'int8',
  tasks: 'int8',
  open_tasks: 'int8',
  is_all: 'bool',
  goal_counter: 'int8',
  task_counter: 'int8',
} as const;

const counted = (limit: string) => `
    with newest as (
      select g.total_tasks, g.open_tasks
      from goals g
      where g.workspace_id = $1
      order by g.number desc${limit}
    )
    select count(*) as goals,
      coalesce(sum(n.total_tasks), 0)::int8 as tasks,
      coalesce(sum(n.open_tasks), 0)::int8 as open_tasks,
      ${limit === '' ? 'true' : `count(*) < ${countedAtMost.goals}`} as is_all,
      (select c.next - 1 from counters c where c.workspace_id = $1 and c.kind = 'goal') as goal_counter,
      (select c.next - 1 from counters c where c.workspace_id = $1 and c.kind = 'task') as task_counter
    from newest n`;

/** How much a workspace holds, from its goals' own counts, up to a bound of goals, and the last number given to each kind. */
export const countWorkspace = defineStatement({
  name: 'count_workspace',
  params: { workspaceId: 'int8' },
  columns,
  text: counted(`\n      limit ${countedAtMost.goals}`),
});

/** The same without a bound. */
export const countWholeWorkspace = defineStatement({
  name: 'count_whole_workspace',
  params: { workspaceId: 'int8' },
  columns,
  text: counted(''),
});
