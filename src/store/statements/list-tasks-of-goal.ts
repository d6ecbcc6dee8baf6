import { defineStatement } from '../statement.ts';
import { listedTaskColumns, listedTaskSelect } from './columns.ts';
import { claimOf, isOpen } from './sql.ts';

/** A goal's tasks as a list shows them: those to be done first, so that a bound cuts what is finished. */
export const listTasksOfGoal = defineStatement({
  name: 'list_tasks_of_goal',
  params: { workspaceId: 'int8', textLimit: 'int4', goalId: 'text', limit: 'int8' },
  columns: { ...listedTaskColumns, number: 'int8' },
  text: `
    select ${listedTaskSelect}, t.number
    from (
      -- the page first, and only then what its rows look like
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.goal_id = $3
      order by not ${isOpen('t')}, t.number
      limit $4
    ) t
    ${claimOf('t')}
    order by not ${isOpen('t')}, t.number`,
});
