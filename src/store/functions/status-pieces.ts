// What set_task_statuses asks and tells about one task, `b`: its row as it was. `$1` is the workspace.

/**
 * Who claimed the task `b` after a lease of the actor had run out, if the actor has done nothing on it since. Looked up
 * only where the actor gives no fence and does not hold a task that was claimed more than once.
 */
export const claimedAfterLease = `(
          select o.actor
          from events l
          join events e on e.task_id = l.task_id
          join operations o on o.workspace_id = $1 and o.seq = e.operation
          where l.workspace_id = $1 and l.task_id = b.id and l.action = 'lease_ended' and l.before ->> 'claimed_by' = p_actor
            and e.workspace_id = $1 and e.action = 'claimed' and e.seq > l.seq and o.actor <> p_actor
            and not exists (
              select from events x
              join operations y on y.workspace_id = $1 and y.seq = x.operation
              where x.workspace_id = $1 and x.task_id = b.id and x.seq > l.seq and y.actor = p_actor
            )
          order by e.seq desc
          limit 1
        )`;

/** What is told of an accepted change of the task `b`. */
export const happened = `
    select $1, operation_seq, 'updated', b.goal_id, b.id,
      jsonb_build_object('status', b.status, 'completed_at', b.completed_at, 'attempts', b.attempts)
        || case when (p_changes -> b.id ->> 'has_result')::bool then jsonb_build_object('result', b.result) else '{}' end
        || case when p_changes -> b.id ->> 'status' <> 'in_progress' then coalesce(held -> b.id, '{}') else '{}' end,
      jsonb_build_object('status', p_changes -> b.id ->> 'status',
          'completed_at', case when p_changes -> b.id ->> 'status' = 'completed' then coalesce(b.completed_at, at) end,
          'attempts', case when p_changes -> b.id ->> 'status' = 'in_progress' then b.attempts else 0 end)
        || case when (p_changes -> b.id ->> 'has_result')::bool then jsonb_build_object('result', p_changes -> b.id -> 'result') else '{}' end
        || case when p_changes -> b.id ->> 'status' <> 'in_progress' and held ? b.id
          then '{"claimed_by": null, "lease_expires_at": null}' else '{}'::jsonb end
    from unnest(before) as b
    where b.id = any(accepted)
    order by (p_changes -> b.id ->> 'place')::int4;`;
