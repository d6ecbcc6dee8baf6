import { defineStatement } from '../statement.ts';

// A request is an operation that has the caller's own name for it, and what it was answered, for a day.

const isKept = `o.at > now() - interval '24 hours'`;

/** What a request was, and what it was answered. `lately`: others may not have told the cache yet. */
export const findRequest = defineStatement({
  name: 'find_request',
  params: { workspaceId: 'int8', requestId: 'text' },
  columns: { actor: 'text', tool: 'text', arguments_hash: 'text', answer: 'text', at: 'timestamptz', lately: 'bool' },
  text: `
    select o.actor, o.tool, o.arguments_hash, o.answer, o.at, o.at > now() - interval '1 minute' as lately
    from operations o
    where o.workspace_id = $1 and o.request_id = $2 and ${isKept}`,
});

/** Waits for another of the same name that is under way, and fails with `operations_request` where one was answered. */
export const insertRequest = defineStatement({
  name: 'insert_request',
  params: { workspaceId: 'int8', id: 'uuid', actor: 'text', requestId: 'text', tool: 'text', argumentsHash: 'text' },
  columns: {},
  text: `
    insert into operations (workspace_id, id, actor, request_id, tool, arguments_hash, answer)
    values ($1, $2, $3, $4, $5, $6, '')`,
});

export const answerRequest = defineStatement({
  name: 'answer_request',
  params: { workspaceId: 'int8', id: 'uuid', answer: 'text' },
  columns: {},
  text: `
    update operations
    set answer = $3
    where workspace_id = $1 and id = $2`,
});

/** Makes room for a request with the name of one that is kept no longer. */
export const dropExpiredRequest = defineStatement({
  name: 'drop_expired_request',
  params: { workspaceId: 'int8', requestId: 'text' },
  columns: {},
  text: `
    update operations o
    set request_id = null, tool = null, arguments_hash = null, answer = null
    where o.workspace_id = $1 and o.request_id = $2 and not (${isKept})`,
});

/** Takes the names and answers from a few of those that are kept no longer, the oldest first. What others are about is left to them. */
export const dropOldRequests = defineStatement({
  name: 'drop_old_requests',
  params: { workspaceId: 'int8', limit: 'int8' },
  columns: {},
  text: `
    with old as materialized (
      select o.seq
      from operations o
      where o.workspace_id = $1 and o.request_id is not null and not (${isKept})
      order by o.at
      limit $2
      for no key update skip locked
    )
    update operations o
    set request_id = null, tool = null, arguments_hash = null, answer = null
    from old
    where o.workspace_id = $1 and o.seq = old.seq`,
});
