import { defineStatement } from '../statement.ts';
import { requestIsOld } from './sql.ts';

/** Makes room for a request with the id of one that is kept no longer. */
export const dropExpiredRequest = defineStatement({
  name: 'drop_expired_request',
  params: { workspaceId: 'int8', requestId: 'text' },
  columns: {},
  text: `
    delete from requests
    where workspace_id = $1 and request_id = $2 and ${requestIsOld('requests')}`,
});

/** Waits for another of the same id that is under way, and fails with `requests_pkey` where one was answered. */
export const insertRequest = defineStatement({
  name: 'insert_request',
  params: { workspaceId: 'int8', requestId: 'text', tool: 'text', argumentsHash: 'text' },
  columns: {},
  text: `
    insert into requests (workspace_id, request_id, tool, arguments_hash, answer)
    values ($1, $2, $3, $4, '')`,
});
