import { defineStatement } from '../statement.ts';
import { goalState } from './images.ts';
import { timeBound } from './sql.ts';

const isFinished = `g.status in ('completed', 'cancelled')
      and g.updated_at < ${timeBound('$2', '$3')}`;

const params = { workspaceId: 'int8', since: 'timestamptz?', secondsAgo: 'float8?' } as const;

/** Goals that are completed or cancelled and that nothing has changed since a time, the oldest first, with how many there are. */
export const listFinishedGoals = defineStatement({
  name: 'list_finished_goals',
  params: { ...params, textLimit: 'int4', limit: 'int8' },
  columns: {
    id: 'text',
    description: 'text',
    status: 'text',
    total_tasks: 'int4',
    updated_at: 'timestamptz',
    total: 'int8',
  },
  text: `
    select g.id, left(g.description, $4) as description, g.status::text, g.total_tasks, g.updated_at, count(*) over () as total
    from goals g
    where g.workspace_id = $1 and ${isFinished}
    order by g.updated_at, g.number
    limit $5`,
});

/** Locks the oldest of them. */
export const lockFinishedGoals = defineStatement({
  name: 'lock_finished_goals',
  params: { ...params, limit: 'int8' },
  columns: { id: 'text' },
  text: `
    select g.id
    from goals g
    where g.workspace_id = $1 and ${isFinished}
    order by g.number
    limit $4
    for no key update`,
});

/** The history of goals that are about to be archived, which are locked. */
export const recordArchived = defineStatement({
  name: 'record_archived',
  params: { workspaceId: 'int8', operation: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    insert into events (workspace_id, operation, action, goal_id, before, after)
    select $1, $2, 'updated', g.id,
      ${goalState('g', 'g')}, ${goalState('g', 'g')} || '{"status": "archived"}'
    from goals g
    where g.workspace_id = $1 and g.id = any($3::text[])
    order by g.number`,
});

export const archiveGoals = defineStatement({
  name: 'archive_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    update goals g
    set status = 'archived', updated_at = statement_timestamp(), revision = g.revision + 1
    where g.workspace_id = $1 and g.id = any($2::text[])`,
});
