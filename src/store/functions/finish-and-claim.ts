import { defineFunction, invoked, orNull } from '../function.ts';
import { claimTasks } from './claim-tasks.ts';
import { setTaskStatuses } from './set-task-statuses.ts';

const outcome = Object.keys(setTaskStatuses.call.columns).join(', ');

/**
 * Sets the status of a task, as `set_task_statuses` does, and claims the next ready task of its goal, as `claim_tasks` does:
 * one operation, and one transaction. Where the status is refused nothing is claimed. There is always a row with what came of
 * the status; a claim's columns are null where nothing was ready.
 */
export const finishAndClaim = defineFunction({
  name: 'finish_and_claim',
  params: {
    workspaceId: 'int8',
    textLimit: 'int4',
    operation: 'uuid',
    leasesOperation: 'uuid',
    actor: 'text',
    taskId: 'text',
    changes: 'jsonb',
    keptWeights: 'text[]',
    leaseSeconds: 'float8',
    maxAttempts: 'int4',
  },
  columns: { ...setTaskStatuses.call.columns, ...orNull(claimTasks.call.columns) },
  declare: { goal: 'text' },
  releasesEarly: true,
  body: `
  select ${outcome} into ${outcome}
  from ${invoked(setTaskStatuses, {
    workspaceId: '$1',
    operation: 'p_operation',
    actor: 'p_actor',
    changes: 'p_changes',
    keptWeights: 'p_kept_weights',
  })};
  select t.goal_id into goal
  from tasks t
  where t.workspace_id = $1 and t.id = p_task_id;
  if goal is null or refused <> '[]' then
    return next;
    return;
  end if;
  return query
  select ${outcome}, c.*
  from unnest(array[true]) as always
  left join ${invoked(claimTasks, {
    workspaceId: '$1',
    textLimit: 'p_text_limit',
    limit: '1',
    operation: 'p_operation',
    leasesOperation: 'p_leases_operation',
    actor: 'p_actor',
    leaseSeconds: 'p_lease_seconds',
    goalId: 'goal',
    taskIds: 'null',
    labels: 'null',
    fence: 'null',
    maxAttempts: 'p_max_attempts',
  })} as c on true;`,
});
