import type pg from 'pg';
import type { Change } from './violations.ts';

/** What the store's history says of each task. */
export async function readChanges(sql: pg.Client): Promise<Map<string, Change[]>> {
  const { rows } = await sql.query(`
    select e.task_id, e.action, o.actor, o.at, e.after ->> 'status' as status, e.after ->> 'claimed_by' as "claimedBy",
      (e.after ->> 'lease_expires_at')::timestamptz as "leaseEndsAt", (e.after ->> 'fence')::int4 as fence
    from events e
    join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation
    where e.task_id is not null
    order by e.task_id, e.seq`);
  const byTask = new Map<string, Change[]>();
  for (const { task_id, ...change } of rows) {
    const earlier = byTask.get(task_id) ?? [];
    if (earlier.length === 0) byTask.set(task_id, earlier);
    // an event tells what changed: what it does not tell is as it was
    earlier.push({ ...change, fence: change.fence ?? earlier.at(-1)?.fence ?? 0 });
  }
  return byTask;
}
