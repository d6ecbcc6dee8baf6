import { defineFunction } from '../function.ts';
import { subtreeOf } from '../statements/goal-tree-pieces.ts';
import { isReady, noStart, readyStarts } from '../statements/sql.ts';
import { moveReadyStarts, notifyWaiting, readyChannel, readyStartsLock } from './pieces.ts';

/** What a transaction of several steps calls after tasks, or all tasks of goals and of what is below them, may have become ready. */
export const moveReadyStartsBack = defineFunction({
  name: 'move_ready_starts_back',
  params: { workspaceId: 'int8', taskIds: 'text[]', goalIds: 'text[]' },
  columns: {},
  declare: { below: 'text[]' },
  body: `
  ${moveReadyStarts('t.id = any(p_task_ids)')}
  if p_goal_ids <> '{}' then
    below := ${subtreeOf('p_goal_ids')};
    ${moveReadyStarts('t.goal_id = any(below)')}
  end if;`,
});

/** The same after any number of tasks: the next search begins at the first task. */
export const forgetReadyStarts = defineFunction({
  name: 'forget_ready_starts',
  params: { workspaceId: 'int8' },
  columns: {},
  body: `
  perform pg_advisory_xact_lock_shared(${readyStartsLock});
  delete from ready_starts s
  where s.workspace_id = $1;
  ${notifyWaiting(`'${readyChannel}' || $1`, 'true')}`,
});

/**
 * Begins the search for ready work where it begins now, so that claims do not walk past what earlier ones took. It is
 * done now and then, waits for nobody long, and nothing depends on it.
 */
export const advanceReadyStarts = defineFunction({
  name: 'advance_ready_starts',
  params: { workspaceId: 'int8' },
  columns: {},
  body: `
  perform set_config('lock_timeout', '20ms', true), set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(${readyStartsLock});
  insert into ready_starts as s (workspace_id, priority, number)
  select $1, p.priority, coalesce((
      select t.number
      from tasks t
      where t.workspace_id = $1 and t.priority = p.priority and t.number >= p.start and ${isReady('t')}
      order by t.number
      limit 1
    ), ${noStart})
  from ${readyStarts}
  on conflict (workspace_id, priority) do update
  set number = excluded.number
  where s.number < excluded.number;`,
});
