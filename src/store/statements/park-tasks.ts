import { defineStatement } from '../statement.ts';
import { isOpen } from './sql.ts';

/** Takes a goal's unfinished tasks out of the ready work when the goal is closed, and back in when it is opened. */
export const parkTasks = defineStatement({
  name: 'park_tasks',
  params: { workspaceId: 'int8', goalId: 'text', parked: 'bool' },
  columns: {},
  text: `
    update tasks t
    set parked = $3, revision = t.revision + 1
    where t.workspace_id = $1 and t.goal_id = $2 and ${isOpen('t')} and t.parked <> $3`,
});
