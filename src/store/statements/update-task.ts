import { defineStatement } from '../statement.ts';
import { eventColumns, taskImage } from './sql.ts';

/**
 * Changes a task whose row is locked: the fields that `change` has, a null among them taking a value away. Where
 * `goalId` or `dependencies` is given, the graph lock is held exclusively, and a goal that is not closed is meant.
 *
 * `dependencies` is all that the task depends on then, in order, with their `places`; what is new among it and what is no longer are named
 * too, so that the edges are changed here, where the row before still shows what they were.
 */
export const updateTask = defineStatement({
  name: 'update_task',
  params: {
    workspaceId: 'int8',
    taskId: 'text',
    change: 'jsonb',
    goalId: 'text?',
    dependencies: 'text[]?',
    places: 'int4[]?',
    addedIds: 'text[]',
    addedPlaces: 'int4[]',
    removedIds: 'text[]',
    seq: 'int8',
    actor: 'text',
  },
  columns: { id: 'text' },
  text: `
    with before as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.id = $2
    ),
    changed as (
      update tasks t
      set description = case when $3::jsonb ? 'description' then $3 ->> 'description' else t.description end,
        type = case when $3 ? 'type' then $3 ->> 'type' else t.type end,
        priority = case when $3 ? 'priority' then ($3 ->> 'priority')::priority else t.priority end,
        estimated_effort = case when $3 ? 'estimated_effort' then $3 ->> 'estimated_effort' else t.estimated_effort end,
        repo = case when $3 ? 'repo' then $3 ->> 'repo' else t.repo end,
        jira_ticket = case when $3 ? 'jira_ticket' then $3 ->> 'jira_ticket' else t.jira_ticket end,
        assigned_tools = case when $3 ? 'tools' then array(select jsonb_array_elements_text($3 -> 'tools')) else t.assigned_tools end,
        goal_id = coalesce($4::text, t.goal_id),
        parked = t.parked and $4 is null,
        open_dependencies = case
          when $5::text[] is null then t.open_dependencies
          else (
            select count(*)
            from tasks x
            where x.workspace_id = $1 and x.id = any($5) and x.status <> 'completed')
        end,
        updated_at = now(),
        revision = t.revision + 1
      from before b
      where t.workspace_id = $1 and t.id = b.id and t.id = $2
      returning t.*
    ),
    added as (
      insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
      select $1, $2, a.id, a.place
      from unnest($7::text[], $8::int4[]) as a (id, place)
    ),
    removed as (
      delete from task_dependencies d
      where d.workspace_id = $1 and d.task_id = $2 and d.depends_on_id = any($9::text[])
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $10, $10, $11, 'updated', c.goal_id, c.id, ${taskImage('b')},
        case
          when $5 is null then ${taskImage('c')}
          else to_jsonb(c) - 'workspace_id' || jsonb_build_object('dependencies', $5, 'places', $6::int4[])
        end
      from changed c
      join before b on b.id = c.id
    )
    select c.id
    from changed c`,
});
