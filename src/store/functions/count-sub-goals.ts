import { limits } from '../../domain/limits.ts';
import { defineFunction } from '../function.ts';
import { isLaidAside, isOpenGoal, reparked, subtreeOf } from '../statements/goal-tree-pieces.ts';
import { goalState } from '../statements/images.ts';
import { followedGoals, goalStatus, isSame } from '../statements/sql.ts';
import { eventColumns, moveReadyStarts } from './pieces.ts';

/**
 * Counts on goals that sub-goals of theirs came, went, closed or opened, lets their status follow, and goes on upward where
 * that closed or opened them. For each of `goalIds`: by how many its sub-goals, and those of them that are open, have become
 * more; and whether something below it is taken up (`restarts`), which opens it and those above it again where they were
 * completed. The caller has locked these goals and all above them (lockedUpward).
 */
export const countSubGoals = defineFunction({
  name: 'count_sub_goals',
  params: {
    workspaceId: 'int8',
    operation: 'int8',
    goalIds: 'text[]',
    totals: 'int4[]',
    opened: 'int4[]',
    restarts: 'bool[]',
  },
  columns: { completed: 'text[]', reopened: 'text[]' },
  declare: {
    ids: 'text[] := p_goal_ids',
    totals: 'int4[] := p_totals',
    opens: 'int4[] := p_opened',
    takes_up: 'bool[] := p_restarts',
    taken_up: 'text[]',
    before: 'goals[]',
    at: 'timestamptz',
    closed_goals: "text[] := '{}'",
    opened_goals: "text[] := '{}'",
    below: 'text[]',
  },
  body: `
  for level in 1..${limits.goalLevels} loop
    taken_up := array(select n.id from unnest(ids, takes_up) as n (id, restart) where n.restart);
    select array_agg(x.g) into before
    from (
      select g
      from goals g
      where g.workspace_id = $1 and g.id = any(ids)
      order by g.number
      for no key update
    ) x;
    exit when before is null;
    at := clock_timestamp();
    update goals g
    set total_goals = g.total_goals + m.total,
      open_goals = g.open_goals + m.opened,
      status = case
        when g.status = 'planned' and m.total > 0 and m.opened > 0 then 'in_progress'
        else ${goalStatus({
          status: 'g.status',
          total: 'g.total_tasks + g.total_goals + m.total',
          open: 'g.open_tasks + g.open_goals + m.opened',
          closes: '(m.opened < 0 or m.total > 0)',
          opens: 'm.restarts',
        })}
      end,
      updated_at = at,
      revision = g.revision + 1
    from (
      select n.id, sum(n.total)::int4 as total, sum(n.opened)::int4 as opened, bool_or(n.restart) as restarts
      from unnest(ids, totals, opens, takes_up) as n (id, total, opened, restart)
      group by n.id
    ) m
    where g.workspace_id = $1 and g.id = any(ids) and ${isSame('g.id', 'm.id')}
      and (m.total <> 0 or m.opened <> 0 or g.status = 'completed' and m.restarts);
    insert into events (${eventColumns})
    select $1, p_operation, 'followed', g.id, null, ${goalState('b', 'g')}, ${goalState('g', 'b')}
    from goals g
    join unnest(before) as b on ${isSame('b.id', 'g.id')}
    where g.workspace_id = $1 and g.id = any(ids) and g.status <> b.status
    order by g.number;
    ${followedGoals('ids')};
    select closed_goals || coalesce(array_agg(g.id order by g.number) filter (where g.status = 'completed' and b.status <> 'completed'), '{}'),
      opened_goals || coalesce(array_agg(g.id order by g.number) filter (where g.status = 'in_progress' and b.status = 'completed'), '{}'),
      array_agg(g.parent_goal_id) filter (where f.goes_on),
      array_agg(0) filter (where f.goes_on),
      array_agg(f.opened) filter (where f.goes_on),
      array_agg(f.restarts) filter (where f.goes_on)
    into closed_goals, opened_goals, ids, totals, opens, takes_up
    from goals g
    join unnest(before) as b on ${isSame('b.id', 'g.id')}
    cross join lateral (
      select s.opened, s.restarts, g.parent_goal_id is not null and (s.opened <> 0 or s.restarts) as goes_on
      from (
        select (${isOpenGoal('g')})::int4 - (${isOpenGoal('b')})::int4 as opened, g.id = any(taken_up) and not (${isLaidAside('g')}) as restarts
      ) s
    ) f
    where g.workspace_id = $1 and g.id = any(ids);
    exit when ids is null;
  end loop;
  if opened_goals <> '{}' then
    below := ${subtreeOf('opened_goals')};
    ${reparked('below')};
    ${moveReadyStarts('t.goal_id = any(below)')}
  end if;
  completed := closed_goals;
  reopened := opened_goals;
  return next;`,
});
