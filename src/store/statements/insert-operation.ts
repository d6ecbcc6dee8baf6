import { defineStatement } from '../statement.ts';
import { noteBegun } from './begun-pieces.ts';

/** Tells the functions of this transaction that it has made the operation itself. */
export const noteOperation = defineStatement({
  name: 'note_operation',
  params: { id: 'uuid' },
  columns: { begun: 'text' },
  text: `
    select ${noteBegun('$1::uuid')} as begun`,
});

/**
 * An operation of a transaction with several steps, once its locks are held. A request has made it before, with its id, and so has
 * a transaction whose operation `isBegun`. Any other that is there was committed by a try whose connection was lost: no row
 * then, since it is not done again.
 */
export const insertOperation = defineStatement({
  name: 'insert_operation',
  params: { workspaceId: 'int8', id: 'uuid', actor: 'text', reason: 'text?', isBegun: 'bool' },
  columns: { seq: 'int8' },
  text: `
    insert into operations as o (workspace_id, id, actor, reason)
    values ($1, $2, $3, $4)
    on conflict (workspace_id, id) do update
    set actor = excluded.actor, reason = excluded.reason
    where o.request_id is not null or $5
    returning o.seq`,
});
