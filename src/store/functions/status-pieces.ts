import { invoked } from '../function.ts';
import { isLaidAside, isOpenGoal } from '../statements/goal-tree-pieces.ts';
import { isOpen, isSame, keepsWaiting, secondsOf } from '../statements/sql.ts';
import { countSubGoals } from './count-sub-goals.ts';

// What set_task_statuses asks and tells about one task, `b`: its row as it was. `$1` is the workspace.

/**
 * Who claimed the task `b` after a lease of the actor had run out, if the actor has done nothing on it since. Looked up
 * only where the actor gives no fence and does not hold a task that was claimed more than once.
 */
const claimedAfterLease = `(
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

/** A criterion as a refusal and a warning name it. */
const namedCriterion = `jsonb_build_object('place', c.place, 'text', c.value -> 'text', 'human', c.value -> 'human')`;

/**
 * Goes through the tasks as they were, `before`, and says what happens to each: it is refused, or it is among those that
 * are accepted, let their dependents go or hold them back (`closing`, `opening`), get a result, count for their goal or start
 * it again, are taken up again, or are given up with others waiting for them.
 */
export const decide = `
  foreach b in array coalesce(before, '{}') loop
    change := p_changes -> b.id;
    holder := held -> b.id ->> 'claimed_by';
    claimed_since_by := null;
    if change ->> 'fence' is null and change ->> 'status' <> 'pending' and b.fence > 1 and holder is distinct from p_actor then
      claimed_since_by := ${claimedAfterLease};
    end if;
    if (change ->> 'fence')::int8 <> b.fence or claimed_since_by is not null
      or change ->> 'fence' is null and holder <> p_actor and (held -> b.id ->> 'lease_expires_at')::timestamptz > at
    then
      refusals := refusals || jsonb_build_object('task_id', b.id, 'status', b.status, 'given_fence', change -> 'fence',
        'claimed_by', holder, 'lease_expires_at', held -> b.id -> 'lease_expires_at', 'claimed_since_by', claimed_since_by);
      continue;
    end if;
    checklist := b.criteria;
    if (change ->> 'has_meet')::bool then
      select jsonb_agg(case when m.is_meant then c.value || jsonb_build_object('met_by', p_actor, 'met_at', ${secondsOf('at')}) else c.value end order by c.place),
        jsonb_agg(${namedCriterion}) filter (where m.is_meant and c.value ->> 'human' = 'true' and not (change ->> 'by_person')::bool)
      into checklist, for_person
      from jsonb_array_elements(b.criteria) with ordinality as c (value, place)
      cross join lateral (
        select not c.value ? 'met_at' and (change -> 'meet' @> to_jsonb(c.place) or change -> 'meet' @> (c.value -> 'text')) as is_meant
      ) m;
      select jsonb_agg(m.ref) into unknown
      from jsonb_array_elements(change -> 'meet') as m (ref)
      where not exists (
        select from jsonb_array_elements(b.criteria) with ordinality as c (value, place)
        where m.ref in (to_jsonb(c.place), c.value -> 'text')
      );
      if unknown is not null or for_person is not null then
        refusals := refusals || jsonb_build_object('task_id', b.id, 'unknown_criteria', unknown, 'for_person', for_person,
          'criteria_count', jsonb_array_length(b.criteria));
        continue;
      end if;
      checklist := coalesce(checklist, '[]');
    end if;
    if checklist <> '[]' and change ->> 'status' = 'completed' and b.status <> 'completed' then
      select jsonb_agg(${namedCriterion} order by c.place) into left_open
      from jsonb_array_elements(checklist) with ordinality as c (value, place)
      where not c.value ? 'met_at';
      if left_open is not null and (select g.strict from goals g where g.workspace_id = $1 and g.id = b.goal_id) then
        refusals := refusals || jsonb_build_object('task_id', b.id, 'goal_id', b.goal_id, 'unmet', left_open);
        continue;
      elsif left_open is not null then
        warned := warned || jsonb_build_object('task_id', b.id, 'unmet', left_open);
      end if;
    end if;
    was_closed := not (${isOpen('b')});
    closes := change ->> 'status' in ('completed', 'cancelled');
    was_satisfied := not (${keepsWaiting('b')});
    satisfies := change ->> 'status' = 'completed'
      or change ->> 'status' = 'cancelled' and coalesce((change ->> 'waive')::bool, b.waived);
    deferral := case when change ->> 'status' = 'deferred' then (change ->> 'defer_until')::timestamptz end;
    if satisfies and not was_satisfied then
      closing := closing || b.id;
    elsif was_satisfied and not satisfies then
      opening := opening || b.id;
    end if;
    if change ->> 'status' = 'cancelled' and not satisfies then
      given_up := given_up || b.id;
    end if;
    if closes and not was_closed then
      counted := counted || b.goal_id;
      counted_by := counted_by || -1;
      if b.parked and change ->> 'status' = 'completed' then
        closed_parked := closed_parked || b.id;
      end if;
    elsif was_closed and not closes then
      taken_up := taken_up || b.id;
      counted := counted || b.goal_id;
      counted_by := counted_by || 1;
      restarted := restarted || b.goal_id;
    elsif b.parked and change ->> 'status' = 'in_progress' then
      counted := counted || b.goal_id;
      counted_by := counted_by || 0;
      restarted := restarted || b.goal_id;
    end if;
    if change ->> 'status' <> b.status::text or (change ->> 'has_result')::bool or satisfies <> was_satisfied
      or deferral is distinct from b.defer_until or checklist <> b.criteria
    then
      accepted := accepted || b.id;
      if b.labels <> '{}' then
        labelled := labelled || b.id;
      end if;
      statuses := statuses || (change ->> 'status')::task_status;
      waivers := waivers || (satisfies and change ->> 'status' = 'cancelled');
      deferrals := array_append(deferrals, deferral);
      checklists := checklists || array[checklist];
      results := array_append(results, case when (change ->> 'has_result')::bool then nullif(change -> 'result', 'null') else b.result end);
      if change ->> 'status' = 'pending' then
        woken := woken || b.id;
      end if;
    end if;
    if (change ->> 'has_result')::bool then
      with_results := with_results || b.id;
    end if;
  end loop;
`;

/** What is told of an accepted change of the task `b`. */
export const happened = `
    select $1, operation_seq, 'updated', b.goal_id, b.id,
      jsonb_build_object('status', b.status, 'completed_at', b.completed_at, 'attempts', b.attempts)
        || case when (p_changes -> b.id ->> 'has_result')::bool then jsonb_build_object('result', b.result) else '{}' end
        || case when b.waived <> n.waived then jsonb_build_object('waived', b.waived) else '{}' end
        || case when b.defer_until is distinct from n.defer_until then jsonb_build_object('defer_until', b.defer_until) else '{}' end
        || case when b.criteria <> n.criteria then jsonb_build_object('criteria', b.criteria) else '{}' end
        || case when p_changes -> b.id ->> 'status' <> 'in_progress' then coalesce(held -> b.id, '{}') else '{}' end,
      jsonb_build_object('status', p_changes -> b.id ->> 'status',
          'completed_at', case when p_changes -> b.id ->> 'status' = 'completed' then coalesce(b.completed_at, at) end,
          'attempts', case when p_changes -> b.id ->> 'status' = 'in_progress' then b.attempts else 0 end)
        || case when (p_changes -> b.id ->> 'has_result')::bool then jsonb_build_object('result', p_changes -> b.id -> 'result') else '{}' end
        || case when b.waived <> n.waived then jsonb_build_object('waived', n.waived) else '{}' end
        || case when b.defer_until is distinct from n.defer_until then jsonb_build_object('defer_until', n.defer_until) else '{}' end
        || case when b.criteria <> n.criteria then jsonb_build_object('criteria', n.criteria) else '{}' end
        || case when p_changes -> b.id ->> 'status' <> 'in_progress' and held ? b.id
          then '{"claimed_by": null, "lease_expires_at": null}' else '{}'::jsonb end
    from unnest(before) as b
    join unnest(accepted, waivers, deferrals, checklists) as n (id, waived, defer_until, criteria) on n.id = b.id
    order by (p_changes -> b.id ->> 'place')::int4;`;

/** Goals that closed, opened or are taken up again count for their parents. */
export const countUpward = `select array_agg(b.parent_goal_id), array_agg((${isOpenGoal('g')})::int4 - (${isOpenGoal('b')})::int4),
        array_agg(b.id = any(restarted) and not (${isLaidAside('g')}))
      into parents, moved_by, raised
      from unnest(goals_before) as b
      join goals g on g.workspace_id = $1 and g.id = any(counted) and ${isSame('g.id', 'b.id')}
      where b.parent_goal_id is not null
        and ((${isOpenGoal('g')}) <> (${isOpenGoal('b')}) or b.id = any(restarted) and not (${isLaidAside('g')}));
      if parents is not null then
        select c.completed, c.reopened into closed_above, opened_above
        from ${invoked(countSubGoals, {
          workspaceId: '$1',
          operation: 'operation_seq',
          goalIds: 'parents',
          totals: 'array_fill(0, array[cardinality(parents)])',
          opened: 'moved_by',
          restarts: 'raised',
        })} as c;
        completed := completed || closed_above;
        reopened := reopened || opened_above;
      end if;`;
