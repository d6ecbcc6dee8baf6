import { defineStatement } from '../statement.ts';
import { requestIsKept } from './sql.ts';

/** What a request with an id was, and what it was answered. `lately`: others of its kind may not have told the cache yet. */
export const findRequest = defineStatement({
  name: 'find_request',
  params: { workspaceId: 'int8', requestId: 'text' },
  columns: { tool: 'text', arguments_hash: 'text', answer: 'text', created_at: 'timestamptz', lately: 'bool' },
  text: `
    select tool, arguments_hash, answer, created_at, created_at > now() - interval '1 minute' as lately
    from requests
    where workspace_id = $1 and request_id = $2 and ${requestIsKept('requests')}`,
});
