import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

/** The whole history, by number. */
export const exportEvents = defineStatement({
  name: 'export_events',
  params: { workspaceId: 'int8' },
  columns: {
    seq: 'int8',
    operation: 'int8',
    at: 'text',
    actor: 'text',
    action: 'text',
    goal_id: 'text',
    task_id: 'text?',
    before: 'jsonb?',
    after: 'jsonb?',
    reason: 'text?',
    undoes: 'int8[]?',
  },
  text: `
    select e.seq, e.operation, ${exactTime('e.at')} as at, e.actor, e.action, e.goal_id, e.task_id, e.before, e.after, e.reason,
      e.undoes
    from events e
    where e.workspace_id = $1
    order by e.seq`,
});
