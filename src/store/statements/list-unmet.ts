import { defineStatement } from '../statement.ts';
import { hasUnmetCriteria, isOpen, tasksOfGoal } from './sql.ts';

/** The first open tasks of a goal that have criteria left to meet. */
export const listUnmet = defineStatement({
  name: 'list_unmet',
  params: { workspaceId: 'int8', goalId: 'text', limit: 'int8' },
  columns: { id: 'text', criteria: 'jsonb' },
  text: `
    select t.id, t.criteria
    from ${tasksOfGoal('$2')}
    where ${isOpen('t')} and ${hasUnmetCriteria('t')}
    order by t.number
    limit $3`,
});
