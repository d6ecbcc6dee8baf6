import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

export const exportNotes = defineStatement({
  name: 'export_notes',
  params: { workspaceId: 'int8' },
  columns: { id: 'int8', goal_id: 'text', task_id: 'text?', actor: 'text', text: 'text', created_at: 'text' },
  text: `
    select n.id, n.goal_id, n.task_id, n.actor, n.text, ${exactTime('n.created_at')} as created_at
    from notes n
    where n.workspace_id = $1
    order by n.id`,
});
