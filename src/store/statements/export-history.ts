import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

/** Every operation, by number. */
export const exportOperations = defineStatement({
  name: 'export_operations',
  params: { workspaceId: 'int8' },
  columns: { seq: 'int8', id: 'uuid', actor: 'text', reason: 'text?', at: 'text' },
  text: `
    select o.seq, o.id, o.actor, o.reason, ${exactTime('o.at')} as at
    from operations o
    where o.workspace_id = $1
    order by o.seq`,
});

/** The whole history, by number. */
export const exportEvents = defineStatement({
  name: 'export_events',
  params: { workspaceId: 'int8' },
  columns: {
    seq: 'int8',
    operation: 'int8',
    action: 'text',
    goal_id: 'text',
    task_id: 'text?',
    before: 'jsonb?',
    after: 'jsonb?',
    undoes: 'int8[]?',
  },
  text: `
    select e.seq, e.operation, e.action, e.goal_id, e.task_id, e.before, e.after, e.undoes
    from events e
    where e.workspace_id = $1
    order by e.seq`,
});
