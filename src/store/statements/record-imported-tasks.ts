import { defineStatement } from '../statement.ts';
import { eventColumns, taskImage } from './sql.ts';

/** The history of tasks that were imported begins: an event each, numbered from `seq` in the order of `taskIds`. */
export const recordImportedTasks = defineStatement({
  name: 'record_imported_tasks',
  params: { workspaceId: 'int8', taskIds: 'text[]', seq: 'int8', operation: 'int8', actor: 'text' },
  columns: {},
  text: `
    insert into events (${eventColumns})
    select $1, $3 + i.place - 1, $4, $5, 'created', t.goal_id, t.id, null, ${taskImage('t')}
    from unnest($2::text[]) with ordinality as i (id, place)
    join tasks t on t.workspace_id = $1 and t.id = i.id
    where t.id = any($2::text[])`,
});
