import { defineStatement } from '../statement.ts';

/** Whether the time has come of a deferred task, and of a goal that comes back. */
export const findWhatIsDue = defineStatement({
  name: 'find_what_is_due',
  params: { workspaceId: 'int8' },
  columns: { deferral: 'bool', recurrence: 'bool' },
  text: `
    select exists (
        select
        from tasks t
        where t.workspace_id = $1 and t.defer_until <= now()
      ) as deferral,
      exists (
        select
        from templates p
        where p.workspace_id = $1 and p.next_at <= now()
      ) as recurrence`,
});
