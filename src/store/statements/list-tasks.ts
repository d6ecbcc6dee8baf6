import { defineStatement } from '../statement.ts';
import { listedTaskColumns, listedTaskSelect } from './columns.ts';
import { claimOf, isProcessOf } from './sql.ts';

// Tasks, newest first, those numbered below `before`: a page each. One plan cannot serve all ways to them, so there is a
// statement for each index, named for what it is asked for; whatever else is asked for is a condition on its rows.

const params = {
  workspaceId: 'int8',
  textLimit: 'int4',
  limit: 'int8',
  before: 'int8?',
  goalId: 'text?',
  status: 'text?',
  repo: 'text?',
  type: 'text?',
  agent: 'text?',
  labels: 'text[]?',
} as const;
const columns = { ...listedTaskColumns, number: 'int8' } as const;

/** The tasks that an agent holds, by whichever of its processes. */
const isAgents = `t.id = any(array(
          select c.task_id
          from claims c
          where c.workspace_id = $1 and c.expires_at > now() and (c.holder = $9::text or ${isProcessOf('c.holder', '$9')})
        ))`;
/** A condition that may not be asked for. As an `or` the planner would expect it of hardly any row, and sort them. */
const where = (parameter: string, condition: string) =>
  `case when ${parameter} is null then true else ${condition} end`;

/** Each condition, and in its place what finds rows by it where it is the one that the index is for. */
const conditions = {
  goal: [where('$5::text', 't.goal_id = $5'), 't.goal_id = $5::text'],
  status: [where('$6::text', 't.status = $6::task_status'), 't.status = $6::text::task_status'],
  repo: [where('$7::text', 't.repo = $7'), 't.repo = $7::text'],
  type: [where('$8::text', 't.type = $8'), `t.type = $8::text and t.type <> 'general'`],
  agent: [where('$9::text', isAgents), isAgents],
  labels: [where('$10::text[]', 't.labels @> $10'), 't.labels @> $10::text[]'],
} as const;

function matching(...by: (keyof typeof conditions)[]): string {
  const found = Object.entries(conditions).map(([name, [asked, sought]]) =>
    by.some((each) => each === name) ? sought : asked,
  );
  return `t.workspace_id = $1 and t.number < coalesce($4::int8, 9223372036854775807)
        and ${found.join('\n        and ')}`;
}

const pageOf = (rows: string) => `
    select ${listedTaskSelect}, t.number
    from (
      -- the page first, and only then what its rows look like
      ${rows}
      order by t.number desc
      limit $3
    ) t
    ${claimOf('t')}
    order by t.number desc`;

const page = (by: keyof typeof conditions) =>
  pageOf(`select t.*
      from tasks t
      where ${matching(by)}`);

/** The first of each status that is asked for, since the index has the status before the number, and the first of those. */
const pageByStatus = (...by: ('repo' | 'type')[]) =>
  pageOf(`select t.*
      from unnest(enum_range(null::task_status)) as s (status)
      cross join lateral (
        select t.*
        from tasks t
        where ${matching(...by)} and t.status = s.status
        order by t.number desc
        limit $3
      ) t
      where $6::text is null or s.status = $6::text::task_status`);

/** Of any kind. */
export const listTasks = defineStatement({
  name: 'list_tasks',
  params,
  columns,
  text: pageByStatus(),
});

export const listTasksByGoal = defineStatement({
  name: 'list_tasks_by_goal',
  params,
  columns,
  text: page('goal'),
});

export const listTasksByStatus = defineStatement({
  name: 'list_tasks_by_status',
  params,
  columns,
  text: page('status'),
});

export const listTasksByRepo = defineStatement({
  name: 'list_tasks_by_repo',
  params,
  columns,
  text: pageByStatus('repo'),
});

/** Of any type but the general one, which most tasks have. */
export const listTasksByType = defineStatement({
  name: 'list_tasks_by_type',
  params,
  columns,
  text: pageByStatus('type'),
});

/** Of a repository, and of a type that is not the general one: each may have many, and both together few. */
export const listTasksByRepoAndType = defineStatement({
  name: 'list_tasks_by_repo_and_type',
  params,
  columns,
  text: pageByStatus('repo', 'type'),
});

/** Those that an agent holds: few of a workspace's tasks are held at a time. */
export const listTasksByAgent = defineStatement({
  name: 'list_tasks_by_agent',
  params,
  columns,
  text: page('agent'),
});

const pageByLabel = (condition: string) => `
    select ${listedTaskSelect}, t.number
    from (
      select t.*
      from task_labels l
      -- one at most: otherwise the planner may go through all tasks of a status for the few that have the label
      cross join lateral (
        select t.*
        from tasks t
        where ${matching('labels')} and t.id = l.task_id
        limit 1
      ) t
      where l.workspace_id = $1 and l.label = ($10::text[])[1]${condition} and l.number < coalesce($4::int8, 9223372036854775807)
      order by l.number desc
      limit $3
    ) t
    ${claimOf('t')}
    order by t.number desc`;

/** Those that have all of these labels, by the first of them. */
export const listTasksByLabel = defineStatement({
  name: 'list_tasks_by_label',
  params,
  columns,
  text: pageByLabel(''),
});

/** Those of them that have a status: there may be few. */
export const listTasksByLabelAndStatus = defineStatement({
  name: 'list_tasks_by_label_and_status',
  params,
  columns,
  text: pageByLabel(' and l.status = $6::text::task_status'),
});
