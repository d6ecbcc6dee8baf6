import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage } from './sql.ts';

/** Changes a goal whose row is locked. Null leaves a column as it is; `metadata` is merged in, then the keys of `removedKeys` are taken out. */
export const updateGoal = defineStatement({
  name: 'update_goal',
  params: {
    workspaceId: 'int8',
    goalId: 'text',
    description: 'text?',
    priority: 'text?',
    status: 'text?',
    repos: 'text[]?',
    metadata: 'jsonb',
    removedKeys: 'text[]',
    seq: 'int8',
    actor: 'text',
  },
  columns: { id: 'text' },
  text: `
    with before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id = $2
    ),
    changed as (
      update goals g
      set description = coalesce($3, g.description),
        priority = coalesce($4::text::priority, g.priority),
        status = coalesce($5::text::goal_status, g.status),
        repos = coalesce($6::text[], g.repos),
        metadata = (g.metadata || $7::jsonb) - $8::text[],
        updated_at = now(),
        revision = g.revision + 1
      from before b
      where g.workspace_id = $1 and g.id = b.id and g.id = $2
      returning g.*
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $9, $9, $10, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
      from changed c
      join before b on b.id = c.id
    )
    select c.id
    from changed c`,
});
