import { limits } from '../../domain/limits.ts';
import { isClosedStatus, isOpen } from './sql.ts';

// Pieces of SQL about goals of goals. Each reads the workspace from $1. A tree has a bounded number of levels, and every walk
// ends there: docs/decisions/goals-of-goals.md.

/** Whether a goal is planned or in progress. */
export function isOpenGoal(alias: string): string {
  return `not (${isClosedStatus(`${alias}.status`)})`;
}

/** Whether a goal keeps its status whatever happens below it. */
export function isLaidAside(alias: string): string {
  return `${alias}.status in ('cancelled', 'archived')`;
}

/** The goal of this ID as the row `p`, the next one on the way up: found by its key. */
export function parentOf(parentId: string, columns: string): string {
  return `cross join lateral (
          select ${columns}
          from goals p
          where p.workspace_id = $1 and p.id = ${parentId}
          limit 1
        ) p`;
}

/** The sub-goals of the goal of this ID as the rows `c`, the next ones on the way down: found by the index of parents. */
export function subGoalsOf(goalId: string, columns: string): string {
  return `cross join lateral (
          select ${columns}
          from goals c
          where c.workspace_id = $1 and c.parent_goal_id = ${goalId}
          offset 0
        ) c`;
}

/** Whether a goal or one above it is closed: its unfinished tasks are parked. */
export function isShut(alias: string): string {
  return `(${isClosedStatus(`${alias}.status`)} or exists (
      with recursive above (parent_goal_id, status, level) as (
        select p.parent_goal_id, p.status, 1
        from goals p
        where p.workspace_id = $1 and p.id = ${alias}.parent_goal_id
        union all
        select p.parent_goal_id, p.status, a.level + 1
        from above a
        ${parentOf('a.parent_goal_id', 'p.parent_goal_id, p.status')}
        where a.level < ${limits.goalLevels}
      )
      select from above a
      where ${isClosedStatus('a.status')}))`;
}

/** The IDs of goals and of all goals below them, each once. */
export function subtreeOf(ids: string): string {
  return `array(
      with recursive below (id, level) as (
        select r.id, 1
        from unnest(${ids}) as r (id)
        union
        select c.id, b.level + 1
        from below b
        ${subGoalsOf('b.id', 'c.id')}
        where b.level < ${limits.goalLevels}
      )
      select distinct b.id
      from below b)`;
}

/**
 * Goals and those above them, locked: each before its parent, and otherwise by number. All who lock more than one goal while
 * they hold the graph lock shared do so in this order.
 */
export function lockedUpward(ids: string, columns = ''): string {
  return `with recursive up (start, id, parent_goal_id, distance) as (
      select s.id, s.id, s.parent_goal_id, 0
      from goals s
      where s.workspace_id = $1 and s.id = any(${ids})
      union all
      select u.start, p.id, p.parent_goal_id, u.distance + 1
      from up u
      ${parentOf('u.parent_goal_id', 'p.id, p.parent_goal_id')}
      where u.distance < ${limits.goalLevels}
    ),
    depths as (
      select u.id, max(s.depth - u.distance) as depth
      from up u
      join (
        select x.start, max(x.distance) as depth
        from up x
        group by x.start
      ) s on s.start = u.start
      group by u.id
    )
    select ${columns}
    from goals g
    where g.workspace_id = $1 and g.id = any(array(select d.id from depths d))
    order by (select d.depth from depths d where d.id = g.id) desc, g.number
    for no key update`;
}

/** Tasks, `t`, of these goals are parked as their goals and those above them stand. Gives `update` a revision each. */
export function reparked(ids: string): string {
  return `update tasks t
    set parked = not t.parked, revision = t.revision + 1
    from (
      select g.id, ${isShut('g')} as shut
      from goals g
      where g.workspace_id = $1 and g.id = any(${ids})
      offset 0
    ) g
    where t.workspace_id = $1 and t.goal_id = any(${ids}) and t.goal_id || '' = g.id
      and ${isOpen('t')} and t.parked <> g.shut`;
}
