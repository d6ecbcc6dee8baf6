import { defineStatement } from '../statement.ts';
import { eventColumns, isStale, listedTaskColumns, listedTaskSelect, taskImage } from './sql.ts';

const isPending = `t.status = 'pending'`;

const claimed = (picked: string, isClaimable = isPending) => `
    with picked as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and ${isClaimable} and t.open_dependencies = 0 and not t.parked
        and ($7::bool or not exists (
          select from tasks x where x.workspace_id = $1 and x.claimed_by is not null and x.lease_expires_at <= now()
        ))
        ${picked}
      order by t.priority, t.number
      limit $3
      for no key update skip locked
    ),
    claimed as (
      update tasks t
      set status = 'in_progress',
        claimed_by = $4,
        lease_expires_at = now() + make_interval(secs => $5),
        fence = t.fence + 1,
        attempts = t.attempts + 1,
        updated_at = now(),
        revision = t.revision + 1
      from picked p
      where t.workspace_id = $1 and t.id = p.id and t.id = any(array(select x.id from picked x))
      returning t.*
    ),
    recorded as (
      insert into events (${eventColumns})
      select $1, $6 + row_number() over (order by c.number) - 1, $6, $4, 'claimed', c.goal_id, c.id, ${taskImage('p')}, ${taskImage('c')}
      from claimed c
      join picked p on p.id = c.id
    )
    select ${listedTaskSelect}, t.fence
    from claimed t
    order by t.priority, t.number`;

const params = {
  workspaceId: 'int8',
  textLimit: 'int4',
  limit: 'int8',
  agent: 'text',
  leaseSeconds: 'float8',
  seq: 'int8',
  pastExpired: 'bool',
} as const;
const columns = { ...listedTaskColumns, fence: 'int8' } as const;

// Ready tasks for one agent, most important first, then oldest. What another agent is taking at this moment is passed
// over (`skip locked`), so that claimers do not wait for each other; the row's lock makes the claim atomic. Three
// statements, because one plan cannot serve three ways to the tasks. They come back as a list shows them, so that a claim
// is one round trip. Where a lease ran out nothing is taken, unless `pastExpired`: that task may be the more important one.

export const claimTasks = defineStatement({ name: 'claim_tasks', params, columns, text: claimed('') });

export const claimTasksOfGoal = defineStatement({
  name: 'claim_tasks_of_goal',
  params: { ...params, goalId: 'text' },
  columns,
  text: claimed('and t.goal_id = $8'),
});

/** Also those in progress that nobody holds and that nobody has touched for a while: who names one knows of that. */
export const claimTasksById = defineStatement({
  name: 'claim_tasks_by_id',
  params: { ...params, taskIds: 'text[]', fence: 'int8?' },
  columns,
  text: claimed(
    'and t.id = any($8::text[]) and ($9::int8 is null or t.fence = $9::int8)',
    `(${isPending} or ${isStale('t')})`,
  ),
});
