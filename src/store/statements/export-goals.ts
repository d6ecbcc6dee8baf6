import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

/** Every goal, without what the store derives from its tasks. */
export const exportGoals = defineStatement({
  name: 'export_goals',
  params: { workspaceId: 'int8' },
  columns: {
    id: 'text',
    number: 'int8',
    description: 'text',
    priority: 'text',
    status: 'text',
    repos: 'text[]',
    labels: 'text[]',
    due_at: 'text?',
    strict: 'bool',
    parent_goal_id: 'text?',
    created_at: 'text',
    updated_at: 'text',
    metadata: 'jsonb',
    revision: 'int8',
  },
  text: `
    select g.id, g.number, g.description, g.priority::text, g.status::text, g.repos, g.labels,
      ${exactTime('g.due_at')} as due_at, g.strict, g.parent_goal_id,
      ${exactTime('g.created_at')} as created_at, ${exactTime('g.updated_at')} as updated_at, g.metadata, g.revision
    from goals g
    where g.workspace_id = $1
    order by g.number, g.id`,
});
