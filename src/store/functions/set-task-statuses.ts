import { defineFunction } from '../function.ts';
import { isLaidAside, isShut, reparked, subtreeOf } from '../statements/goal-tree-pieces.ts';
import { goalState } from '../statements/images.ts';
import { followedTaskLabels } from '../statements/label-pieces.ts';
import { followedGoals, goalStatus, isOpen, isReady, isSame, replacedWords } from '../statements/sql.ts';
import {
  eventColumns,
  lockGraphShared,
  lockUpward,
  moveReadyStarts,
  operationVariables,
  recordOperation,
} from './pieces.ts';
import { countUpward, decide, happened } from './status-pieces.ts';

/**
 * Sets the statuses of tasks, and all that follows from it: the open dependencies of those that depend on them, and
 * their goals' open tasks and status. Tasks and those that depend on them are locked in the order of their numbers, then
 * goals in the order of theirs, and only then is anything looked at (docs/decisions/locking.md). To begin a statement costs
 * more than to run it, so what is decided about each task is decided in a loop, and statements that would find nothing are
 * left out.
 *
 * A task that another agent holds, that was claimed since the fence that is given, or that another claimed after the lease
 * of this one had run out, is left alone and named in `refused`. So is one that its strict goal does not let be completed, since
 * not all of its criteria are met; elsewhere `unmet` names them.
 * `changes` has for each task's ID {place, status, result, has_result, fence, words, waive, defer_until, meet, has_meet, by_person}; the words are those
 * of the result, and stand beside those of `keptWeights`. A task that is cancelled with `waive` lets its dependents go, as a completed one does.
 */
export const setTaskStatuses = defineFunction({
  name: 'set_task_statuses',
  params: { workspaceId: 'int8', operation: 'uuid', actor: 'text', changes: 'jsonb', keptWeights: 'text[]' },
  columns: {
    made_ready: 'text[]',
    completed_goals: 'text[]',
    reopened_goals: 'text[]',
    in_cancelled: 'text[]',
    left_waiting: 'text[]',
    refused: 'jsonb',
    unmet: 'jsonb',
  },
  declare: {
    ...operationVariables,
    at: 'timestamptz',
    goals_at: 'timestamptz',
    named: 'text[] := array(select jsonb_object_keys(p_changes))',
    before: 'tasks[]',
    goals_before: 'goals[]',
    b: 'tasks',
    change: 'jsonb',
    held: 'jsonb',
    holder: 'text',
    claimed_since_by: 'text',
    refusals: "jsonb := '[]'",
    accepted: "text[] := '{}'",
    statuses: "task_status[] := '{}'",
    waivers: "bool[] := '{}'",
    deferrals: "timestamptz[] := '{}'",
    checklist: 'jsonb',
    checklists: "jsonb[] := '{}'",
    for_person: 'jsonb',
    unknown: 'jsonb',
    left_open: 'jsonb',
    warned: "jsonb := '[]'",
    was_closed: 'bool',
    closes: 'bool',
    was_satisfied: 'bool',
    satisfies: 'bool',
    deferral: 'timestamptz',
    results: "jsonb[] := '{}'",
    with_results: "text[] := '{}'",
    closing: "text[] := '{}'",
    opening: "text[] := '{}'",
    taken_up: "text[] := '{}'",
    given_up: "text[] := '{}'",
    labelled: "text[] := '{}'",
    closed_parked: "text[] := '{}'",
    counted: "text[] := '{}'",
    counted_by: "int4[] := '{}'",
    restarted: "text[] := '{}'",
    waiting: 'text[]',
    moved_by: 'int4[]',
    freed: 'text[]',
    woken: "text[] := '{}'",
    ready: "text[] := '{}'",
    completed: 'text[]',
    reopened: 'text[]',
    cancelled: "text[] := '{}'",
    left_behind: "text[] := '{}'",
    below: 'text[]',
    parents: 'text[]',
    raised: 'bool[]',
    closed_above: 'text[]',
    opened_above: 'text[]',
  },
  releasesEarly: true,
  body: `
${lockGraphShared}
  select array_agg(x.t) filter (where (x.t).id = any(named)) into before
  from (
    select t
    from tasks t
    where t.workspace_id = $1
      and t.id = any(named || array(
        select d.task_id
        from task_dependencies d
        where d.workspace_id = $1 and d.depends_on_id = any(named)
      ))
    order by t.number
    for no key update
  ) x;
  select jsonb_object_agg(c.task_id, jsonb_build_object('claimed_by', c.holder, 'lease_expires_at', c.expires_at)) into held
  from claims c
  where c.workspace_id = $1 and c.task_id = any(named);
  at := clock_timestamp();
${decide}
  if accepted <> '{}' then
    update tasks t
    set status = n.status,
      result = n.result,
      waived = n.waived,
      defer_until = n.defer_until,
      criteria = n.criteria,
      completed_at = case when n.status = 'completed' then coalesce(t.completed_at, at) end,
      attempts = case when n.status = 'in_progress' then t.attempts else 0 end,
      parked = t.parked and ${isOpen('n')},
      updated_at = at,
      revision = t.revision + 1
    from unnest(accepted, statuses, results, waivers, deferrals, checklists) as n (id, status, result, waived, defer_until, criteria)
    where t.workspace_id = $1 and t.id = any(accepted) and ${isSame('t.id', 'n.id')};
    if labelled <> '{}' then
      ${followedTaskLabels('labelled')};
    end if;
    if with_results <> '{}' then
      update task_words w
      set words = ${replacedWords('p_kept_weights', "(p_changes -> w.task_id ->> 'words')")}
      where w.workspace_id = $1 and w.task_id = any(with_results);
    end if;
    if held is not null then
      delete from claims c
      where c.workspace_id = $1 and c.task_id = any(accepted) and p_changes -> c.task_id ->> 'status' <> 'in_progress';
    end if;
    if closing <> '{}' or opening <> '{}' then
      select array_agg(w.task_id), array_agg(w.opened), array_agg(w.task_id) filter (where w.opened < 0)
      into waiting, moved_by, freed
      from (
        select d.task_id, sum(case when d.depends_on_id = any(opening) then 1 else -1 end)::int4 as opened
        from task_dependencies d
        where d.workspace_id = $1 and d.depends_on_id = any(closing || opening)
        group by d.task_id
      ) w
      where w.opened <> 0;
    end if;
    if waiting is not null then
      update tasks t
      set open_dependencies = t.open_dependencies + w.opened, revision = t.revision + 1
      from unnest(waiting, moved_by) as w (task_id, opened)
      where t.workspace_id = $1 and t.id = any(waiting) and ${isSame('t.id', 'w.task_id')};
    end if;
    -- as late as can be: whoever completes another task of these goals waits from here to the end
    if counted <> '{}' then
      if counted[1] <> any(counted) then
        ${lockUpward('counted')}
      end if;
      select array_agg(x.g) into goals_before
      from (
        select g
        from goals g
        where g.workspace_id = $1 and g.id = any(counted)
        order by g.number
        for no key update
      ) x;
      -- what is above one goal is locked where the goal may close or open: each before its parent, as above
      if goals_before[1].parent_goal_id is not null
        and (restarted <> '{}' or goals_before[1].open_tasks <= cardinality(counted))
      then
        ${lockUpward('counted')}
      end if;
      goals_at := clock_timestamp();
    end if;
  ${recordOperation()}
    if counted <> '{}' then
      with moved as (
        update goals g
        set open_tasks = g.open_tasks + m.opened,
          status = ${goalStatus({ status: 'g.status', total: 'g.total_tasks', open: 'g.open_tasks + g.open_goals + m.opened', closes: 'm.opened < 0', opens: 'g.id = any(restarted)' })},
          updated_at = goals_at,
          revision = g.revision + 1
        from (
          select c.goal_id, sum(c.opened)::int4 as opened
          from unnest(counted, counted_by) as c (goal_id, opened)
          group by c.goal_id
        ) m
        where g.workspace_id = $1 and g.id = any(counted) and ${isSame('g.id', 'm.goal_id')}
        returning g.id, g.number, g.status
      )
      select array_agg(g.id order by g.number) filter (where g.status = 'completed'),
        array_agg(g.id order by g.number) filter (where g.status = 'in_progress' and x.status = 'completed')
      into completed, reopened
      from moved g
      join unnest(goals_before) as x on x.id = g.id
      where g.status <> x.status;
    end if;
    if taken_up <> '{}' then
      update tasks t
      set parked = not t.parked, revision = t.revision + 1
      where t.workspace_id = $1 and t.id = any(taken_up) and ${isOpen('t')}
        and t.parked <> (
          select ${isShut('g')}
          from goals g
          where g.workspace_id = $1 and g.id = t.goal_id
        );
    end if;
    if reopened is not null then
      below := ${subtreeOf('reopened')};
      ${reparked('below')};
      ${moveReadyStarts('t.goal_id = any(below)')}
    end if;
    if woken <> '{}' or freed is not null then
      ${moveReadyStarts('t.id = any(woken || freed)')}
    end if;
    insert into events (${eventColumns})${happened}
    if completed is not null or reopened is not null then
      ${followedGoals('counted')};
      insert into events (${eventColumns})
      select $1, operation_seq, 'followed', g.id, null,
        ${goalState('x', 'g')}, ${goalState('g', 'x')}
      from goals g
      join unnest(goals_before) as x on ${isSame('x.id', 'g.id')}
      where g.workspace_id = $1 and g.id = any(counted) and g.status <> x.status
      order by g.number;
    end if;
    if completed is not null or reopened is not null or restarted <> '{}' then
      ${countUpward}
    end if;
    if freed is not null then
      ready := array(
        select t.id
        from tasks t
        where t.workspace_id = $1 and t.id = any(freed) and ${isReady('t')}
        order by t.priority, t.number
      );
    end if;
    if closed_parked <> '{}' then
      cancelled := array(
        select x.id
        from unnest(before) as x
        where x.id = any(closed_parked)
          and exists (select from goals g where g.workspace_id = $1 and g.id = x.goal_id and ${isLaidAside('g')})
        order by x.number
      );
    end if;
    if given_up <> '{}' then
      left_behind := array(
        select t.id
        from tasks t
        where t.workspace_id = $1 and ${isOpen('t')} and t.id = any(array(
          select d.task_id
          from task_dependencies d
          where d.workspace_id = $1 and d.depends_on_id = any(given_up)
        ))
        order by t.number
      );
    end if;
  end if;

  made_ready := ready;
  completed_goals := coalesce(completed, '{}');
  reopened_goals := coalesce(reopened, '{}');
  in_cancelled := cancelled;
  left_waiting := left_behind;
  refused := refusals;
  unmet := warned;
  return next;`,
});
