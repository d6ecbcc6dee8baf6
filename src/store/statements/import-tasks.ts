import { defineStatement } from '../statement.ts';

/** What is given of each task, as a JSON object. */
const given = `id text, number int8, goal_id text, description text, type text, status text, priority text, repo text,
      jira_ticket text, estimated_effort text, assigned_tools jsonb, labels jsonb, criteria jsonb, due_at timestamptz,
      waived bool, defer_until timestamptz, created_at timestamptz, updated_at timestamptz,
      completed_at timestamptz, result jsonb, open_dependencies int4, parked bool, revision int8, fence int8, attempts int4`;

const insert = `
    insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, jira_ticket,
      estimated_effort, assigned_tools, labels, criteria, due_at, waived, defer_until, created_at, updated_at, completed_at, result, open_dependencies, parked, revision, fence, attempts)
    select $1, n.id, n.number, n.goal_id, n.description, n.type, n.status::task_status, n.priority::priority, n.repo,
      n.jira_ticket, n.estimated_effort, array(select jsonb_array_elements_text(n.assigned_tools)),
      array(select jsonb_array_elements_text(n.labels)), coalesce(n.criteria, '[]'), n.due_at, coalesce(n.waived, false), n.defer_until, n.created_at,
      n.updated_at, n.completed_at, n.result, n.open_dependencies, n.parked, coalesce(n.revision, 1), coalesce(n.fence, 0), coalesce(n.attempts, 0)`;

/** Tasks as an older version or another store had them, their times and counts included. Their goals are there. */
export const importTasks = defineStatement({
  name: 'import_tasks',
  params: { workspaceId: 'int8', tasks: 'jsonb' },
  columns: {},
  text: `${insert}
    from jsonb_to_recordset($2::jsonb) as n (${given})`,
});

/**
 * The history of new tasks that meet nothing in the store: it begins with these images, in the order of the list. To read
 * the rows back and make images of them takes twice as long.
 */
export const recordImages = defineStatement({
  name: 'record_images',
  params: { workspaceId: 'int8', operation: 'int8', images: 'jsonb' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, task_id, after)
    select $1, $2, 'created', e.image ->> 'goal_id', e.image ->> 'id', e.image
    from jsonb_array_elements($3::jsonb) with ordinality as e (image, place)
    order by e.place`,
});
