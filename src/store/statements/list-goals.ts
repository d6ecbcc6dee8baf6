import { defineStatement } from '../statement.ts';
import { countedAtMost, goalColumns, goalSelect } from './sql.ts';

const matching = `g.workspace_id = $1
      and ($3::text is null or g.status = $3::text::goal_status)
      and ($4::text is null or g.priority = $4::text::priority)
      and ($5::text is null or $5 = any(g.repos))`;

/** Newest first, those numbered below `before`. `total` counts all that match, up to a bound. */
export const listGoals = defineStatement({
  name: 'list_goals',
  params: {
    workspaceId: 'int8',
    taskIdLimit: 'int4',
    status: 'text?',
    priority: 'text?',
    repo: 'text?',
    before: 'int8?',
    limit: 'int4',
    textLimit: 'int4',
  },
  columns: {
    ...goalColumns,
    metadata: 'jsonb?',
    number: 'int8',
    description_length: 'int4',
    metadata_length: 'int4',
    total: 'int8',
  },
  text: `
    select g.number, left(g.description, $8) as description, length(g.description) as description_length,
      case when length(g.metadata::text) <= $8 then g.metadata end as metadata,
      length(g.metadata::text) as metadata_length,
      (select count(*) from (select from goals g where ${matching} limit ${countedAtMost}) as counted) as total,
      ${goalSelect.replace('g.description, ', '').replace(', g.metadata', '')}
    from goals g
    where ${matching} and ($6::int8 is null or g.number < $6)
    order by g.number desc
    limit $7`,
});
