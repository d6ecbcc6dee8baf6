import { defineStatement } from '../statement.ts';

/** In how many milliseconds a lease or a deferral ends, or a goal comes back, the first of all; null where none will. */
export const nextReadyMoment = defineStatement({
  name: 'next_ready_moment',
  params: { workspaceId: 'int8' },
  columns: { in_ms: 'float8?' },
  text: `
    select (extract(epoch from least(
        (
          select c.expires_at
          from claims c
          where c.workspace_id = $1
          order by c.expires_at
          limit 1
        ),
        (
          select t.defer_until
          from tasks t
          where t.workspace_id = $1 and t.defer_until is not null
          order by t.defer_until
          limit 1
        ),
        (
          select p.next_at
          from templates p
          where p.workspace_id = $1 and p.next_at is not null
          order by p.next_at
          limit 1
        )
      ) - clock_timestamp()) * 1000)::float8 as in_ms`,
});
