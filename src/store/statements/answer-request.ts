import { defineStatement } from '../statement.ts';
import { requestIsOld } from './sql.ts';

export const answerRequest = defineStatement({
  name: 'answer_request',
  params: { workspaceId: 'int8', requestId: 'text', answer: 'text' },
  columns: {},
  text: `
    update requests
    set answer = $3
    where workspace_id = $1 and request_id = $2`,
});

/** A few of those that are kept no longer, the oldest first. What others are about is left to them. */
export const dropOldRequests = defineStatement({
  name: 'drop_old_requests',
  params: { workspaceId: 'int8', limit: 'int8' },
  columns: {},
  text: `
    with old as materialized (
      select request_id
      from requests
      where workspace_id = $1 and ${requestIsOld('requests')}
      order by created_at
      limit $2
      for update skip locked
    )
    delete from requests
    using old
    where requests.workspace_id = $1 and requests.request_id = old.request_id and ${requestIsOld('requests')}`,
});
