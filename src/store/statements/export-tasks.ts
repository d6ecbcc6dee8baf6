import { defineStatement } from '../statement.ts';
import { claimOf, exactTime } from './sql.ts';

/** Every task with what it depends on, without what the store derives. */
export const exportTasks = defineStatement({
  name: 'export_tasks',
  params: { workspaceId: 'int8' },
  columns: {
    id: 'text',
    number: 'int8',
    goal_id: 'text',
    description: 'text',
    type: 'text',
    status: 'text',
    priority: 'text',
    dependencies: 'text[]',
    repo: 'text?',
    jira_ticket: 'text?',
    estimated_effort: 'text?',
    assigned_tools: 'text[]',
    labels: 'text[]',
    criteria: 'jsonb',
    due_at: 'text?',
    waived: 'bool',
    defer_until: 'text?',
    created_at: 'text',
    updated_at: 'text',
    completed_at: 'text?',
    result: 'jsonb?',
    revision: 'int8',
    claimed_by: 'text?',
    lease_expires_at: 'text?',
    fence: 'int8',
    attempts: 'int4',
  },
  text: `
    select t.id, t.number, t.goal_id, t.description, t.type, t.status::text, t.priority::text,
      array(
        select d.depends_on_id
        from task_dependencies d
        where d.workspace_id = $1 and d.task_id = t.id
        order by d.place, d.depends_on_id) as dependencies,
      t.repo, t.jira_ticket, t.estimated_effort, t.assigned_tools, t.labels, t.criteria, ${exactTime('t.due_at')} as due_at,
      t.waived, ${exactTime('t.defer_until')} as defer_until, ${exactTime('t.created_at')} as created_at,
      ${exactTime('t.updated_at')} as updated_at, ${exactTime('t.completed_at')} as completed_at, t.result, t.revision,
      c.holder as claimed_by, ${exactTime('c.expires_at')} as lease_expires_at, t.fence, t.attempts
    from tasks t
    ${claimOf('t')}
    where t.workspace_id = $1
    order by t.number, t.id`,
});
