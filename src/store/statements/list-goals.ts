import { defineStatement } from '../statement.ts';
import { countedAtMost, listedGoalColumns, listedGoalSelect } from './sql.ts';

const matching = `g.workspace_id = $1
      and ($4::text is null or g.status = $4::text::goal_status)
      and ($5::text is null or g.priority = $5::text::priority)
      and ($6::text is null or $6 = any(g.repos))`;

/** Newest first, those numbered below `before`. `total` counts all that match, up to a bound. */
export const listGoals = defineStatement({
  name: 'list_goals',
  params: {
    workspaceId: 'int8',
    textLimit: 'int4',
    taskIdLimit: 'int8',
    status: 'text?',
    priority: 'text?',
    repo: 'text?',
    before: 'int8?',
    limit: 'int8',
  },
  columns: {
    ...listedGoalColumns,
    number: 'int8',
    total: 'int8',
  },
  text: `
    select ${listedGoalSelect},
      g.number,
      (select count(*) from (select from goals g where ${matching} limit ${countedAtMost}) as counted) as total
    from (
      -- the page first, and only then what its rows look like
      select g.*
      from goals g
      where ${matching} and ($7::int8 is null or g.number < $7)
      order by g.number desc
      limit $8
    ) g
    order by g.number desc`,
});
