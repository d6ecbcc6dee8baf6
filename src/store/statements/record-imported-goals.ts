import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage } from './sql.ts';

/** The history of goals that were imported begins: an event each, numbered from `seq` in the order of `goalIds`. */
export const recordImportedGoals = defineStatement({
  name: 'record_imported_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]', seq: 'int8', operation: 'int8', actor: 'text' },
  columns: {},
  text: `
    insert into events (${eventColumns})
    select $1, $3 + i.place - 1, $4, $5, 'created', g.id, null, null, ${goalImage('g')}
    from unnest($2::text[]) with ordinality as i (id, place)
    join goals g on g.workspace_id = $1 and g.id = i.id
    where g.id = any($2::text[])`,
});
