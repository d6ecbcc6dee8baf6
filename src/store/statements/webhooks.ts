import { defineStatement, type Shape } from '../statement.ts';

const columns = {
  id: 'text',
  url: 'text',
  types: 'text[]',
  goal_id: 'text?',
  created_at: 'timestamptz',
  created_by: 'text',
  attempts: 'int4',
  failing_since: 'timestamptz?',
  next_attempt_at: 'timestamptz?',
  note: 'text?',
  delivered_at: 'timestamptz?',
  switched_off_at: 'timestamptz?',
} as const satisfies Shape;

const select = Object.keys(columns).join(', ');

/** Changes nothing when it is run again. */
export const insertWebhook = defineStatement({
  name: 'insert_webhook',
  params: {
    workspaceId: 'int8',
    id: 'text',
    url: 'text',
    secret: 'text',
    types: 'text[]',
    goalId: 'text?',
    createdBy: 'text',
    position: 'text',
  },
  columns,
  text: `
    insert into webhooks (workspace_id, id, url, secret, types, goal_id, created_by, position)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (workspace_id, id) do update set id = excluded.id
    returning ${select}`,
});

/** From now on whoever delivers looks into this workspace. */
export const markWorkspaceWithWebhooks = defineStatement({
  name: 'mark_workspace_with_webhooks',
  params: { workspaceId: 'int8' },
  columns: {},
  text: `
    update workspaces
    set has_webhooks = true
    where id = $1 and not has_webhooks`,
});

export const listWorkspacesWithWebhooks = defineStatement({
  name: 'list_workspaces_with_webhooks',
  params: {},
  columns: { id: 'int8', name: 'text' },
  text: `
    select id, name
    from workspaces
    where has_webhooks
    order by id`,
});

/** The oldest first. */
export const listWebhooks = defineStatement({
  name: 'list_webhooks',
  params: { workspaceId: 'int8' },
  columns,
  text: `
    select ${select}
    from webhooks
    where workspace_id = $1
    order by created_at, id`,
});

/** One webhook with what is needed to send something to it. */
export const findWebhook = defineStatement({
  name: 'find_webhook',
  params: { workspaceId: 'int8', id: 'text' },
  columns: { ...columns, secret: 'text', position: 'text' },
  text: `
    select ${select}, secret, position
    from webhooks
    where workspace_id = $1 and id = $2`,
});

export const deleteWebhook = defineStatement({
  name: 'delete_webhook',
  params: { workspaceId: 'int8', id: 'text' },
  columns: { url: 'text' },
  text: `
    delete from webhooks
    where workspace_id = $1 and id = $2
    returning url`,
});

/** Lets it go on, from this position. */
export const resumeWebhook = defineStatement({
  name: 'resume_webhook',
  params: { workspaceId: 'int8', id: 'text', position: 'text' },
  columns,
  text: `
    update webhooks
    set switched_off_at = null, attempts = 0, failing_since = null, next_attempt_at = null, note = null, position = $3
    where workspace_id = $1 and id = $2
    returning ${select}`,
});

/** Takes or keeps the webhooks that no other process delivers. `wait_seconds`: until the next attempt is due. */
export const leaseWebhooks = defineStatement({
  name: 'lease_webhooks',
  params: { workspaceId: 'int8', holder: 'uuid', seconds: 'float8' },
  columns: {
    id: 'text',
    url: 'text',
    secret: 'text',
    types: 'text[]',
    goal_id: 'text?',
    position: 'text',
    attempts: 'int4',
    wait_seconds: 'float8',
  },
  text: `
    update webhooks
    set leased_by = $2, leased_until = now() + make_interval(secs => $3)
    where workspace_id = $1 and switched_off_at is null
      and (leased_by is null or leased_by = $2 or leased_until < now())
    returning id, url, secret, types, goal_id, position, attempts,
      coalesce(greatest(0, extract(epoch from next_attempt_at - leased_until)::float8 + $3), 0) as wait_seconds`,
});

export const releaseWebhooks = defineStatement({
  name: 'release_webhooks',
  params: { workspaceId: 'int8', holder: 'uuid' },
  columns: {},
  text: `
    update webhooks
    set leased_by = null, leased_until = null
    where workspace_id = $1 and leased_by = $2`,
});

const delivered = { workspaceId: 'int8', id: 'text', holder: 'uuid', position: 'text' } as const satisfies Shape;

/** It was told of all up to this position. No row where another process delivers by now, or nobody. */
export const recordDelivery = defineStatement({
  name: 'record_delivery',
  params: delivered,
  columns: { id: 'text' },
  text: `
    update webhooks
    set position = $4, delivered_at = now(), attempts = 0, failing_since = null, next_attempt_at = null, note = null
    where workspace_id = $1 and id = $2 and leased_by = $3 and switched_off_at is null
    returning id`,
});

/** The same where nothing up to this position was for it. */
export const recordPosition = defineStatement({
  name: 'record_position',
  params: delivered,
  columns: { id: 'text' },
  text: `
    update webhooks
    set position = $4
    where workspace_id = $1 and id = $2 and leased_by = $3 and switched_off_at is null
    returning id`,
});

/**
 * An attempt failed. It is switched off at once where `isFinal`, or once it has failed for `patienceSeconds`. No row where
 * another process delivers by now, or nobody.
 */
export const recordFailure = defineStatement({
  name: 'record_failure',
  params: {
    workspaceId: 'int8',
    id: 'text',
    holder: 'uuid',
    note: 'text',
    pauseSeconds: 'float8',
    patienceSeconds: 'float8',
    isFinal: 'bool',
  },
  columns: { attempts: 'int4', is_off: 'bool' },
  text: `
    update webhooks
    set attempts = attempts + 1, failing_since = coalesce(failing_since, clock.now), note = $4,
      next_attempt_at = clock.next,
      switched_off_at = case
        when $7 or clock.now - coalesce(failing_since, clock.now) >= make_interval(secs => $6) then clock.now
      end
    from (select now() as now, now() + make_interval(secs => $5) as next) as clock
    where workspace_id = $1 and id = $2 and leased_by = $3 and switched_off_at is null
    returning attempts, switched_off_at is not null as is_off`,
});
