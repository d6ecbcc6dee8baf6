import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

export const exportTemplates = defineStatement({
  name: 'export_templates',
  params: { workspaceId: 'int8' },
  columns: {
    ...{ name: 'text', body: 'jsonb', rule: 'text?', time_zone: 'text?', starts_at: 'text?', parameters: 'jsonb?' },
    ...{ next_at: 'text?', last_goal_id: 'text?', created_at: 'text', updated_at: 'text', revision: 'int8' },
  },
  text: `
    select p.name, p.body, p.rule, p.time_zone, ${exactTime('p.starts_at')} as starts_at, p.parameters,
      ${exactTime('p.next_at')} as next_at, p.last_goal_id, ${exactTime('p.created_at')} as created_at,
      ${exactTime('p.updated_at')} as updated_at, p.revision
    from templates p
    where p.workspace_id = $1
    order by p.name`,
});
