import { defineStatement } from '../statement.ts';

// Named resources: who holds which name, and until when. All that changes them does so under one lock of the workspace, since
// names that meet need not be equal: docs/decisions/named-resources.md.

const columns = {
  name: 'text',
  holder: 'text',
  shared: 'bool',
  fence: 'int8',
  acquired_at: 'timestamptz',
  expires_at: 'timestamptz',
} as const;
const selected = 'r.name, r.holder, r.shared, r.fence, r.acquired_at, r.expires_at';

/** Until the transaction ends, nobody else acquires or releases a name of the workspace. */
export const lockResources = defineStatement({
  name: 'lock_resources',
  params: { workspaceId: 'int8' },
  columns: { locked: 'bool' },
  text: `
    select pg_advisory_xact_lock(1196376900, ($1::int8 % 2147483647)::int4) is not null as locked`,
});

/** All names, and whether their leases ran out. */
export const listAllResources = defineStatement({
  name: 'list_all_resources',
  params: { workspaceId: 'int8' },
  columns: { ...columns, is_over: 'bool' },
  text: `
    select ${selected}, r.expires_at <= clock_timestamp() as is_over
    from resources r
    where r.workspace_id = $1
    order by r.name, r.holder`,
});

/** Names whose leases run, those that end first in front. `total` counts all of them. */
export const listHeldResources = defineStatement({
  name: 'list_held_resources',
  params: { workspaceId: 'int8', limit: 'int8' },
  columns: { ...columns, total: 'int8' },
  text: `
    select ${selected}, count(*) over () as total
    from resources r
    where r.workspace_id = $1 and r.expires_at > clock_timestamp()
    order by r.expires_at, r.name, r.holder
    limit $2`,
});

/** The next fence of the workspace; no row where the workspace was deleted. */
export const raiseResourceFence = defineStatement({
  name: 'raise_resource_fence',
  params: { workspaceId: 'int8' },
  columns: { next: 'int8' },
  text: `
    update counters c
    set next = c.next + 1
    where c.workspace_id = $1 and c.kind = 'resource'
    returning c.next`,
});

/**
 * A holder's names: new ones under the last fence, and those that it has already in the same way, with their own fence and a
 * lease that is never shorter.
 */
export const holdResources = defineStatement({
  name: 'hold_resources',
  params: {
    workspaceId: 'int8',
    names: 'text[]',
    holder: 'text',
    shared: 'bool',
    leaseSeconds: 'float8',
  },
  columns,
  text: `
    insert into resources as r (workspace_id, name, holder, shared, fence, expires_at)
    select $1, n.name, $3, $4, x.next - 1, clock_timestamp() + make_interval(secs => $5::float8)
    from unnest($2::text[]) as n (name)
    cross join counters x
    where x.workspace_id = $1 and x.kind = 'resource'
    on conflict (workspace_id, name, holder) do update
    set shared = excluded.shared,
      fence = case when r.shared = excluded.shared then r.fence else excluded.fence end,
      expires_at = greatest(r.expires_at, excluded.expires_at)
    returning ${selected}`,
});

/** Takes names from those who hold them: those of a holder, or those that have a fence. */
export const dropResources = defineStatement({
  name: 'drop_resources',
  params: { workspaceId: 'int8', names: 'text[]', holder: 'text?', fence: 'int8?' },
  columns,
  text: `
    delete from resources r
    where r.workspace_id = $1 and r.name = any($2::text[])
      and ($3::text is null or r.holder = $3) and ($4::int8 is null or r.fence = $4)
    returning ${selected}`,
});

/** Takes away all names whose leases ran out. */
export const dropOverResources = defineStatement({
  name: 'drop_over_resources',
  params: { workspaceId: 'int8' },
  columns,
  text: `
    delete from resources r
    where r.workspace_id = $1 and r.expires_at <= statement_timestamp()
    returning ${selected}`,
});

/** In how many milliseconds a lease ends, the first of those that run; null where none does. */
export const nextResourceMoment = defineStatement({
  name: 'next_resource_moment',
  params: { workspaceId: 'int8' },
  columns: { in_ms: 'float8?' },
  text: `
    select (extract(epoch from (
        select r.expires_at
        from resources r
        where r.workspace_id = $1 and r.expires_at > clock_timestamp()
        order by r.expires_at
        limit 1
      ) - clock_timestamp()) * 1000)::float8 as in_ms`,
});
