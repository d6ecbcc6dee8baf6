import { defineStatement } from '../statement.ts';

/**
 * Why there is nothing to claim: how the open tasks stand, which lease ends first, and for some of those that wait what
 * they wait for. Of one goal, or of all.
 */
export const describeWaiting = defineStatement({
  name: 'describe_waiting',
  params: { workspaceId: 'int8', goalId: 'text?' },
  columns: {
    pending: 'int8',
    in_progress: 'int8',
    blocked: 'int8',
    failed: 'int8',
    parked: 'int8',
    next_lease_task: 'text?',
    next_lease_agent: 'text?',
    next_lease_ends_at: 'timestamptz?',
    waiting: 'jsonb',
  },
  text: `
    with open as (
      select t.id, t.status, t.parked, t.open_dependencies, t.priority, t.number
      from tasks t
      where t.workspace_id = $1 and ($2::text is null or t.goal_id = $2) and t.status <> 'completed'
    ),
    next_lease as (
      select t.id, t.claimed_by, t.lease_expires_at
      from tasks t
      where t.workspace_id = $1 and ($2::text is null or t.goal_id = $2) and t.claimed_by is not null
      order by t.lease_expires_at
      limit 1
    ),
    first_waiting as (
      select o.id, o.priority, o.number
      from open o
      where o.status = 'pending' and o.open_dependencies > 0 and not o.parked
      order by o.priority, o.number
      limit 5
    )
    select
      count(*) filter (where o.status = 'pending' and not o.parked) as pending,
      count(*) filter (where o.status = 'in_progress') as in_progress,
      count(*) filter (where o.status = 'blocked') as blocked,
      count(*) filter (where o.status = 'failed') as failed,
      count(*) filter (where o.parked) as parked,
      (select n.id from next_lease n) as next_lease_task,
      (select n.claimed_by from next_lease n) as next_lease_agent,
      (select n.lease_expires_at from next_lease n) as next_lease_ends_at,
      coalesce((
        select jsonb_agg(jsonb_build_object('task_id', w.id, 'waits_for', (
          select jsonb_agg(x.id || ' (' || x.status || ')' order by x.number)
          from task_dependencies d
          join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
          where d.workspace_id = $1 and d.task_id = w.id and x.status <> 'completed'
        )) order by w.priority, w.number)
        from first_waiting w
      ), '[]'::jsonb) as waiting
    from open o`,
});
