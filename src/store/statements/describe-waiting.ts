import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';
import { keepsWaiting, outlookAtMost } from './sql.ts';

const columns = {
  pending: 'int8',
  in_progress: 'int8',
  blocked: 'int8',
  failed: 'int8',
  deferred: 'int8',
  parked: 'int8',
  next_lease_task: 'text?',
  next_lease_agent: 'text?',
  next_lease_ends_at: 'timestamptz?',
  next_deferral_ends_at: 'timestamptz?',
  next_goal_comes_at: 'timestamptz?',
  waiting: 'jsonb',
} as const;

const described = (scope: string, nextGoal: string) => {
  const count = (condition: string) => `(
        select count(*)
        from (
          select
          from tasks t
          where t.workspace_id = $1${scope} and ${condition}
          limit ${outlookAtMost + 1}
        ) c
      )`;
  return `
    with pending as (
      select t.id, t.open_dependencies, t.priority, t.number
      from tasks t
      where t.workspace_id = $1${scope} and t.status = 'pending' and not t.parked
      order by t.number
      limit ${outlookAtMost + 1}
    ),
    next_lease as (
      select c.task_id, c.holder, c.expires_at
      from claims c
      join tasks t on t.workspace_id = $1 and t.id = c.task_id
      where c.workspace_id = $1${scope}
      order by c.expires_at
      limit 1
    ),
    first_waiting as (
      select p.id, p.priority, p.number
      from pending p
      where p.open_dependencies > 0
      order by p.priority, p.number
      limit 5
    )
    select (select count(*) from pending) as pending,
      ${count("t.status = 'in_progress'")} as in_progress,
      ${count("t.status = 'blocked'")} as blocked,
      ${count("t.status = 'failed'")} as failed,
      ${count("t.status = 'deferred' and not t.parked")} as deferred,
      ${count('t.parked')} as parked,
      (select n.task_id from next_lease n) as next_lease_task,
      (select n.holder from next_lease n) as next_lease_agent,
      (select n.expires_at from next_lease n) as next_lease_ends_at,
      (
        select t.defer_until
        from tasks t
        where t.workspace_id = $1${scope} and t.defer_until is not null and not t.parked
        order by t.defer_until
        limit 1
      ) as next_deferral_ends_at,
      ${nextGoal} as next_goal_comes_at,
      coalesce((
        select jsonb_agg(jsonb_build_object('task_id', w.id, 'waits_for', (
          select jsonb_agg(x.id || ' (' || x.status || ')' order by x.number)
          from task_dependencies d
          join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
          where d.workspace_id = $1 and d.task_id = w.id and ${keepsWaiting('x')}
        )) order by w.priority, w.number)
        from first_waiting w
      ), '[]'::jsonb) as waiting`;
};

/**
 * Why there is nothing to claim: how the open tasks stand, which lease and which deferral end first, when the next goal comes by itself, and for some of those that wait what
 * they wait for. Each count stops at a bound.
 */
export const describeWaiting = defineStatement({
  name: 'describe_waiting',
  params: { workspaceId: 'int8' },
  columns,
  text: described(
    '',
    `(
        select p.next_at
        from templates p
        where p.workspace_id = $1 and p.next_at is not null
        order by p.next_at
        limit 1
      )`,
  ),
});

/** The same of one goal and all goals below it: a statement of its own, because one plan cannot serve both indexes. */
export const describeWaitingInGoal = defineStatement({
  name: 'describe_waiting_in_goal',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns,
  text: described(` and t.goal_id = any(${subtreeOf('array[$2]')})`, 'null::timestamptz'),
});
