import { defineStatement, type Shape } from '../statement.ts';

// A token is found by its hash, within the workspace whose number stands in its text: a unique key without the workspace
// would be refused by a sharded database.

const columns = {
  id: 'uuid',
  name: 'text',
  role: 'text',
  kind: 'text',
  created_at: 'timestamptz',
  created_by: 'text',
  expires_at: 'timestamptz?',
  is_expired: 'bool',
  revoked_at: 'timestamptz?',
  last_used_at: 'timestamptz?',
} as const satisfies Shape;

const isExpired = `coalesce(expires_at <= now(), false)`;
const selected = (expired: string) =>
  `id, name, role, kind, created_at, created_by, expires_at, ${expired} as is_expired, revoked_at, last_used_at`;
const select = selected(isExpired);
/** A row that was just made has not run out; a shard does not look at the clock for a row that it gives back. */
const selectNew = selected('coalesce(expires_at <= created_at, false)');
const newRow = { id: 'uuid', hash: 'text', createdBy: 'text' } as const satisfies Shape;

/** The token of this hash, with its workspace's name. `is_due`: its last use was not noted for a minute. */
export const findToken = defineStatement({
  name: 'find_token',
  params: { workspaceId: 'int8', hash: 'text' },
  columns: {
    id: 'uuid',
    name: 'text',
    hash: 'text',
    role: 'text',
    kind: 'text',
    workspace: 'text',
    is_revoked: 'bool',
    is_expired: 'bool',
    is_due: 'bool',
  },
  text: `
    select t.id, t.name, t.hash, t.role, t.kind, w.name as workspace,
      t.revoked_at is not null as is_revoked,
      ${isExpired.replace('expires_at', 't.expires_at')} as is_expired,
      t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as is_due
    from tokens t
    join workspaces w on w.id = t.workspace_id
    where t.workspace_id = $1 and t.hash = $2`,
});

/** All tokens, those that were revoked too, the newest last. */
export const listTokens = defineStatement({
  name: 'list_tokens',
  params: { workspaceId: 'int8' },
  columns,
  text: `
    select ${select}
    from tokens
    where workspace_id = $1
    order by created_at, id`,
});

/** The token that has this name now. */
export const findTokenByName = defineStatement({
  name: 'find_token_by_name',
  params: { workspaceId: 'int8', name: 'text' },
  columns,
  text: `
    select ${select}
    from tokens
    where workspace_id = $1 and name = $2 and revoked_at is null`,
});

/** A name that any token of the workspace has or had. */
export const findTokenName = defineStatement({
  name: 'find_token_name',
  params: { workspaceId: 'int8', name: 'text' },
  columns: { found: 'bool' },
  text: `
    select true as found
    from tokens
    where workspace_id = $1 and name = $2
    limit 1`,
});

/** Fails with `tokens_name_in_use` where another has the name. Changes nothing when it is run again. */
export const insertToken = defineStatement({
  name: 'insert_token',
  params: { workspaceId: 'int8', ...newRow, name: 'text', role: 'text', expiresInSeconds: 'float8?', kind: 'text' },
  columns,
  text: `
    insert into tokens (workspace_id, id, hash, created_by, name, role, expires_at, kind)
    values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8)
    on conflict (workspace_id, id) do update set id = excluded.id
    returning ${selectNew}`,
});

/**
 * A new secret in the place of a token's, which is revoked before, in the same transaction: the name, role and kind are those of
 * the old row. Where no other time is given, it lasts as long as the old one did. Changes nothing when it is run again.
 */
export const rotateToken = defineStatement({
  name: 'rotate_token',
  params: { workspaceId: 'int8', ...newRow, oldId: 'uuid', expiresInSeconds: 'float8?' },
  columns,
  text: `
    insert into tokens (workspace_id, id, hash, created_by, name, role, kind, expires_at)
    select $1, $2::uuid, $3::text, $4::text, t.name, t.role, t.kind,
      now() + coalesce(make_interval(secs => $6), t.expires_at - t.created_at)
    from tokens t
    where t.workspace_id = $1 and t.id = $5
    on conflict (workspace_id, id) do update set id = excluded.id
    returning ${selectNew}`,
});

/** Changes nothing when it is run again. */
export const revokeToken = defineStatement({
  name: 'revoke_token',
  params: { workspaceId: 'int8', id: 'uuid' },
  columns: {},
  text: `
    update tokens
    set revoked_at = now()
    where workspace_id = $1 and id = $2 and revoked_at is null`,
});

/** A token, also one that was revoked. */
export const findTokenById = defineStatement({
  name: 'find_token_by_id',
  params: { workspaceId: 'int8', id: 'uuid' },
  columns,
  text: `
    select ${select}
    from tokens
    where workspace_id = $1 and id = $2`,
});

/** Notes that a token was used, if nobody else has within the minute. */
export const noteTokenUse = defineStatement({
  name: 'note_token_use',
  params: { workspaceId: 'int8', id: 'uuid' },
  columns: {},
  text: `
    update tokens
    set last_used_at = now()
    where workspace_id = $1 and id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
});
