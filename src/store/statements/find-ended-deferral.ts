import { defineStatement } from '../statement.ts';

/** Whether a deferred task's time has come. */
export const findEndedDeferral = defineStatement({
  name: 'find_ended_deferral',
  params: { workspaceId: 'int8' },
  columns: { id: 'text' },
  text: `
    select t.id
    from tasks t
    where t.workspace_id = $1 and t.defer_until <= now()
    limit 1`,
});
