import { countedAtMost } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { listedTaskColumns, listedTaskSelect } from './columns.ts';
import { subtreeOf } from './goal-tree-pieces.ts';
import { claimOf, isReady, readyStarts } from './sql.ts';

const ready = isReady('t');
/** Claimed, and the lease ran out: ready again, and given back with the next claim. */
const givenUp = `not t.parked and t.id = any(array(
          select c.task_id
          from claims c
          where c.workspace_id = $1 and c.expires_at <= now()
        ))`;
const columns = { ...listedTaskColumns, total: 'int8' } as const;

/** Priority by priority, each from where its ready work begins. */
const readyRows = (columns: string, end: string) => `
          select ${columns}
          from ${readyStarts}
          cross join lateral (
            select t.*
            from tasks t
            where t.workspace_id = $1 and t.priority = p.priority and t.number >= p.start and ${ready}
            ${end}
          ) t`;

/** Ready tasks, most important first, then oldest. `total` counts all of them, up to a bound. */
export const listReadyTasks = defineStatement({
  name: 'list_ready_tasks',
  params: { workspaceId: 'int8', textLimit: 'int4', limit: 'int8' },
  columns,
  text: `
    select ${listedTaskSelect},
      (select count(*) from (
        (${readyRows('', `limit ${countedAtMost.rows}`)}
          limit ${countedAtMost.rows})
        union all
        (select from tasks t where t.workspace_id = $1 and ${givenUp} limit ${countedAtMost.rows})) as counted) as total
    from (
      -- the page first, and only then what its rows look like
      (${readyRows('t.*', 'order by t.number\n            limit $3')})
      union all
      (select t.* from tasks t where t.workspace_id = $1 and ${givenUp} order by t.priority, t.number limit $3)
      order by priority, number
      limit $3
    ) t
    ${claimOf('t')}
    order by t.priority, t.number`,
});

/** Goal by goal, each by its index: one scan where the goal has no sub-goals. */
const readyBelow = `
          from below g
          cross join lateral (
            select t.*
            from tasks t
            where t.workspace_id = $1 and t.goal_id = g.id and ${ready}`;
/** By the leases that ran out, of which there are few: as an expression the goal is no way to all of its tasks. */
const givenUpBelow = `from tasks t where t.workspace_id = $1 and t.goal_id || '' = any(array(select g.id from below g)) and ${givenUp}`;

/** The same of one goal and all goals below it: a statement of its own, because one plan cannot serve both indexes. */
export const listReadyTasksOfGoal = defineStatement({
  name: 'list_ready_tasks_of_goal',
  params: { workspaceId: 'int8', textLimit: 'int4', limit: 'int8', goalId: 'text' },
  columns,
  text: `
    with below as materialized (
      select unnest(${subtreeOf('array[$4]')}) as id
    )
    select ${listedTaskSelect},
      (select count(*) from (
        (select${readyBelow}
            limit ${countedAtMost.rows}
          ) t
          limit ${countedAtMost.rows})
        union all
        (select ${givenUpBelow} limit ${countedAtMost.rows})) as counted) as total
    from (
      (
        select t.*${readyBelow}
            order by t.priority, t.number
            limit $3
          ) t
        order by t.priority, t.number
        limit $3
      )
      union all
      (select t.* ${givenUpBelow} order by t.priority, t.number limit $3)
      order by priority, number
      limit $3
    ) t
    ${claimOf('t')}
    order by t.priority, t.number`,
});
