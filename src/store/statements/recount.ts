import { limits } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { isOpenGoal, isShut } from './goal-tree-pieces.ts';
import { isOpen, isReady, keepsWaiting } from './sql.ts';

// The counts that rows keep of others, counted again. A finished statement gives back the rows whose count is wrong.

export const findWrongTaskCounts = defineStatement({
  name: 'find_wrong_task_counts',
  params: { workspaceId: 'int8' },
  columns: { id: 'text', kept: 'int4', counted: 'int4' },
  text: `
    select t.id, t.open_dependencies as kept, count(x.id)::int4 as counted
    from tasks t
    left join task_dependencies d on d.workspace_id = $1 and d.task_id = t.id
    left join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id and ${keepsWaiting('x')}
    where t.workspace_id = $1
    group by t.id, t.number, t.open_dependencies
    having t.open_dependencies <> count(x.id)
    order by t.number`,
});

export const findWrongGoalCounts = defineStatement({
  name: 'find_wrong_goal_counts',
  params: { workspaceId: 'int8' },
  columns: { id: 'text', total_kept: 'int4', total: 'int4', open_kept: 'int4', open: 'int4' },
  text: `
    select
      g.id,
      g.total_tasks as total_kept,
      count(t.id)::int4 as total,
      g.open_tasks as open_kept,
      (count(t.id) filter (where ${isOpen('t')}))::int4 as open
    from goals g
    left join tasks t on t.workspace_id = $1 and t.goal_id = g.id
    where g.workspace_id = $1
    group by g.id, g.number, g.total_tasks, g.open_tasks
    having g.total_tasks <> count(t.id) or g.open_tasks <> count(t.id) filter (where ${isOpen('t')})
    order by g.number`,
});

export const findWrongSubGoalCounts = defineStatement({
  name: 'find_wrong_sub_goal_counts',
  params: { workspaceId: 'int8' },
  columns: { id: 'text', total_kept: 'int4', total: 'int4', open_kept: 'int4', open: 'int4' },
  text: `
    select
      g.id,
      g.total_goals as total_kept,
      count(c.id)::int4 as total,
      g.open_goals as open_kept,
      (count(c.id) filter (where ${isOpenGoal('c')}))::int4 as open
    from goals g
    left join goals c on c.workspace_id = $1 and c.parent_goal_id = g.id
    where g.workspace_id = $1
    group by g.id, g.number, g.total_goals, g.open_goals
    having g.total_goals <> count(c.id) or g.open_goals <> count(c.id) filter (where ${isOpenGoal('c')})
    order by g.number`,
});

export const mendSubGoalCounts = defineStatement({
  name: 'mend_sub_goal_counts',
  params: { workspaceId: 'int8', ids: 'text[]', totals: 'int4[]', opens: 'int4[]' },
  columns: { id: 'text' },
  text: `
    update goals g
    set total_goals = m.total, open_goals = m.open
    from unnest($2::text[], $3::int4[], $4::int4[]) as m (id, total, open)
    where g.workspace_id = $1 and g.id = any($2::text[]) and g.id = m.id
    returning g.id`,
});

export const mendTaskCounts = defineStatement({
  name: 'mend_task_counts',
  params: { workspaceId: 'int8', ids: 'text[]', counts: 'int4[]' },
  columns: { id: 'text' },
  text: `
    update tasks t
    set open_dependencies = m.counted
    from unnest($2::text[], $3::int4[]) as m (id, counted)
    where t.workspace_id = $1 and t.id = any($2::text[]) and t.id = m.id
    returning t.id`,
});

export const mendGoalCounts = defineStatement({
  name: 'mend_goal_counts',
  params: { workspaceId: 'int8', ids: 'text[]', totals: 'int4[]', opens: 'int4[]' },
  columns: { id: 'text' },
  text: `
    update goals g
    set total_tasks = m.total, open_tasks = m.open
    from unnest($2::text[], $3::int4[], $4::int4[]) as m (id, total, open)
    where g.workspace_id = $1 and g.id = any($2::text[]) and g.id = m.id
    returning g.id`,
});

/** Whether the texts of a row's own list are not those under which the row is found. */
function differs(list: string, found: string): string {
  return `array(
      select distinct x.text
      from unnest(${list}) as x (text)
      order by 1
    ) <> array(
      ${found}
      order by 1
    )`;
}

/** Other rules that no constraint holds: rows that break one, with the rule. */
export const findBrokenRules = defineStatement({
  name: 'find_broken_rules',
  params: { workspaceId: 'int8' },
  columns: { id: 'text', rule: 'text' },
  text: `
    select t.id, 'is ' || case when t.parked then '' else 'not ' end || 'parked, and its goal is ' || g.status || case when g.parent_goal_id is null then '' else ', under ' || g.parent_goal_id end as rule
    from tasks t
    join goals g on g.workspace_id = $1 and g.id = t.goal_id
    where t.workspace_id = $1 and ${isOpen('t')} and t.parked <> ${isShut('g')}
    union all
    select t.id, 'is claimed, and its status is ' || t.status
    from claims c
    join tasks t on t.workspace_id = $1 and t.id = c.task_id
    where c.workspace_id = $1 and t.status <> 'in_progress'
    union all
    select g.id, 'is in progress, and none of its tasks is open'
    from goals g
    where g.workspace_id = $1 and g.status = 'in_progress' and g.total_tasks > 0 and g.open_goals = 0 and not exists (
      select from tasks t
      where t.workspace_id = $1 and t.goal_id = g.id and ${isOpen('t')})
    union all
    select g.id, 'is in progress, and all of its sub-goals are closed'
    from goals g
    where g.workspace_id = $1 and g.status = 'in_progress' and g.open_tasks = 0 and g.total_goals > 0 and g.open_goals = 0
    union all
    select g.id, 'is a part of itself, or has more than ${limits.goalLevels} levels above it'
    from goals g
    where g.workspace_id = $1 and g.parent_goal_id is not null and (
      with recursive above (parent_goal_id, level) as (
        select g.parent_goal_id, 1
        union all
        select p.parent_goal_id, a.level + 1
        from above a
        join goals p on p.workspace_id = $1 and p.id = a.parent_goal_id
        where a.level <= ${limits.goalLevels}
      )
      select max(a.level) from above a) > ${limits.goalLevels}
    union all
    select t.id, 'is ready, and the search for ready work begins behind it'
    from ready_starts s
    join tasks t on t.workspace_id = $1 and t.priority = s.priority and t.number < s.number
    where s.workspace_id = $1 and ${isReady('t')}
    union all
    select g.id, 'is not listed by its repositories, status and priority as they are'
    from goals g
    where g.workspace_id = $1 and ${differs(
      'g.repos',
      `select case when r.status = g.status and r.priority = g.priority then r.repo end
      from goal_repos r
      where r.workspace_id = $1 and r.number = g.number`,
    )}
    union all
    select g.id, 'is not listed by its labels, status and priority as they are'
    from goals g
    where g.workspace_id = $1 and ${differs(
      'g.labels',
      `select case when l.status = g.status and l.priority = g.priority then l.label end
      from goal_labels l
      where l.workspace_id = $1 and l.number = g.number`,
    )}
    union all
    select t.id, 'is not found by its labels'
    from tasks t
    where t.workspace_id = $1 and ${differs(
      't.labels',
      `select case when l.number = t.number and l.priority = t.priority and l.status = t.status and (l.ready or not (${isReady('t')})) then l.label end
      from task_labels l
      where l.workspace_id = $1 and l.task_id = t.id`,
    )}
    order by 1`,
});
