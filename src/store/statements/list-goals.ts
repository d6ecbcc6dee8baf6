import { countedAtMost } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { listedGoalColumns, listedGoalSelect } from './columns.ts';
import { isListed } from './sql.ts';

// Goals, newest first, those that are archived only where that is asked for, those numbered below `before`. `total` counts all that match, up to a bound. One plan cannot serve all
// ways to them, so there is a statement for each.

const params = {
  workspaceId: 'int8',
  textLimit: 'int4',
  taskIdLimit: 'int8',
  status: 'text?',
  priority: 'text?',
  repo: 'text?',
  before: 'int8?',
  limit: 'int8',
} as const;
const columns = { ...listedGoalColumns, number: 'int8', total: 'int8' } as const;

const isBefore = (alias: string) => `${alias}.number < coalesce($7::int8, 9223372036854775807)`;

/**
 * `numbers` are those of the page: the page first, and only then what its rows look like, each by its number. `offset 0`,
 * because the planner does not know how short a page is: among 2,000 goals it reads all of them for the fifty.
 */
const page = (numbers: string, counted: string, atMost: number = countedAtMost.rows) => `
    select ${listedGoalSelect}, g.number,
      (select count(*) from (${counted}
        limit ${atMost}
      ) c) as total
    from (${numbers}
    ) n
    cross join lateral (
      select r.*
      from goals r
      where r.workspace_id = $1 and r.number = n.number
      offset 0
    ) g
    order by g.number desc`;

/** Where no status is asked for, all but those that are archived. */
const isOfStatus = (alias: string) =>
  `case when $4::text is null then ${isListed(alias)} else ${alias}.status = $4::text::goal_status end`;

/** The statuses and priorities that are asked for. Each pair of them is a run of the index, newest last. */
const kinds = `
      from unnest(enum_range(null::goal_status)) as s (status)
      cross join unnest(enum_range(null::priority)) as p (priority)`;
const isAskedFor = `${isOfStatus('s')} and ($5::text is null or p.priority = $5::text::priority)`;

interface Source {
  table: 'goals' | 'goal_repos' | 'goal_labels';
  condition: string;
  /** Joins what is to be seen of a goal before it is known to be one of them. */
  seen?: string;
  countedAtMost?: number;
}

const byKind = ({ table, condition, seen = '', countedAtMost: atMost = countedAtMost.rows }: Source) => {
  const rows = (and: string, end: string) => `${kinds}
      cross join lateral (
        select r.number
        from ${table} r${seen}
        where r.workspace_id = $1 and ${condition} and r.status = s.status and r.priority = p.priority${and}
        ${end}
      ) r
      where ${isAskedFor}`;
  return page(
    `
      select r.number${rows(` and ${isBefore('r')}`, 'order by r.number desc\n        limit $8')}
      order by r.number desc
      limit $8`,
    `
        select${rows('', `limit ${atMost}`)}`,
    atMost,
  );
};

export const listGoals = defineStatement({
  name: 'list_goals',
  params,
  columns,
  text: page(
    `
      select r.number
      from goals r
      where r.workspace_id = $1 and ${isListed('r')} and $4::text is null and $5::text is null and $6::text is null and ${isBefore('r')}
      order by r.number desc
      limit $8`,
    `
        select
        from goals r
        where r.workspace_id = $1 and ${isListed('r')}`,
  ),
});

/** Of a status, a priority, or both. */
export const listGoalsByStatus = defineStatement({
  name: 'list_goals_by_status',
  params,
  columns,
  text: byKind({ table: 'goals', condition: '$6::text is null' }),
});

/** Of a repository, and of a status, a priority, or both where they are asked for. */
export const listGoalsByRepo = defineStatement({
  name: 'list_goals_by_repo',
  params,
  columns,
  text: byKind({ table: 'goal_repos', condition: 'r.repo = $6' }),
});

/** Of one label, and of a status, a priority, or both where they are asked for. */
export const listGoalsByLabel = defineStatement({
  name: 'list_goals_by_label',
  params: { ...params, labels: 'text[]' },
  columns,
  text: byKind({ table: 'goal_labels', condition: 'r.label = ($9::text[])[1] and $6::text is null' }),
});

/** Those that have all of these labels, by the first of them, and of a repository where it is asked for: seen in the row alone. */
export const listGoalsByLabels = defineStatement({
  name: 'list_goals_by_labels',
  params: { ...params, labels: 'text[]' },
  columns,
  text: byKind({
    table: 'goal_labels',
    condition: 'r.label = ($9::text[])[1]',
    seen: `
        cross join lateral (
          select
          from goals g
          where g.workspace_id = $1 and g.number = r.number and g.labels @> $9::text[]
            and ($6::text is null or g.repos @> array[$6::text])
          offset 0
        ) g`,
    countedAtMost: countedAtMost.labelled,
  }),
});

const nested = `
      from goals r
      where r.workspace_id = $1 and r.parent_goal_id = $10
        and ${isOfStatus('r')} and ($5::text is null or r.priority = $5::text::priority)
        and ($6::text is null or r.repos @> array[$6::text]) and r.labels @> $9::text[]`;

/** The sub-goals of one goal, with these labels and the like. */
export const listGoalsByParent = defineStatement({
  name: 'list_goals_by_parent',
  params: { ...params, labels: 'text[]', parentGoalId: 'text' },
  columns,
  text: page(
    `
      select r.number${nested} and ${isBefore('r')}
      order by r.number desc
      limit $8`,
    `
        select${nested}`,
  ),
});
