import { defineStatement } from '../statement.ts';
import { eventColumns, taskImage } from './sql.ts';

/**
 * Gives tasks that are there what an import says of them; an event each, numbered from `seq` in the order of their
 * numbers. Nobody holds a claim on them any more. Their dependencies are replaced by other statements. The goals that the tasks leave come back.
 */
export const overwriteTasks = defineStatement({
  name: 'overwrite_tasks',
  params: { workspaceId: 'int8', tasks: 'jsonb', seq: 'int8', operation: 'int8', actor: 'text' },
  columns: { goal_id: 'text' },
  text: `
    with wanted as (
      select n.*, row_number() over (order by n.number) - 1 as place
      from jsonb_to_recordset($2::jsonb) as n (id text, number int8, goal_id text, description text, type text,
        status text, priority text, repo text, jira_ticket text, estimated_effort text, assigned_tools jsonb,
        created_at timestamptz, updated_at timestamptz, completed_at timestamptz, result jsonb, dependencies jsonb,
        open_dependencies int4, parked bool)
    ),
    before as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.id in (select w.id from wanted w)
      order by t.number
      for no key update
    ),
    changed as (
      update tasks t
      set goal_id = w.goal_id,
        description = w.description,
        type = w.type,
        status = w.status::task_status,
        priority = w.priority::priority,
        repo = w.repo,
        jira_ticket = w.jira_ticket,
        estimated_effort = w.estimated_effort,
        assigned_tools = array(select jsonb_array_elements_text(w.assigned_tools)),
        created_at = w.created_at,
        updated_at = w.updated_at,
        completed_at = w.completed_at,
        result = w.result,
        open_dependencies = w.open_dependencies,
        parked = w.parked,
        claimed_by = null,
        lease_expires_at = null,
        fence = t.fence + 1,
        revision = t.revision + 1
      from before b
      join wanted w on w.id = b.id
      where t.workspace_id = $1 and t.id = b.id
      returning t.*
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $3 + w.place, $4, $5, 'updated', c.goal_id, c.id, ${taskImage('b')},
        to_jsonb(c) - 'workspace_id' || jsonb_build_object('dependencies', w.dependencies, 'places', (
          select coalesce(jsonb_agg(d.place - 1 order by d.place), '[]'::jsonb)
          from jsonb_array_elements(w.dependencies) with ordinality as d (id, place)))
      from changed c
      join before b on b.id = c.id
      join wanted w on w.id = c.id
    )
    select distinct b.goal_id
    from before b`,
});
