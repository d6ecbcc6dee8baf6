import { countedAtMost } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';
import { subtreeOf } from './goal-tree-pieces.ts';
import { claimOf, isStaleUnlessHeld, keepsWaiting, timeBound } from './sql.ts';

// What a briefing tells, each list with `total`, which counts up to a bound. Texts are cut to `$2` characters.

const page = { workspaceId: 'int8', textLimit: 'int4', limit: 'int8' } as const;

const taskColumns = {
  id: 'text',
  goal_id: 'text',
  status: 'text',
  description: 'text',
  result: 'text?',
  claimed_by: 'text?',
  lease_expires_at: 'timestamptz?',
  at: 'timestamptz',
  stale: 'bool',
  total: 'int8',
} as const;

/** The result is the start of its JSON. */
const task = (
  at: string,
) => `t.id, t.goal_id, t.status::text, left(t.description, $2) as description, left(t.result::text, $2) as result,
        c.holder as claimed_by, c.expires_at as lease_expires_at, ${at} as at, ${isStaleUnlessHeld('t')} and c.holder is null as stale`;

const current = (scope: string) =>
  ['in_progress', 'blocked', 'failed'].map((status) => inState(status, scope)).join('\n    union all');

const inState = (status: string, scope: string) => {
  const condition = `t.workspace_id = $1 and t.status = '${status}' and not t.parked${scope}`;
  return `
    (
      select ${task('t.updated_at')},
        (select count(*) from (select from tasks t where ${condition} limit ${countedAtMost.briefed}) as counted) as total
      from tasks t
      ${claimOf('t')}
      where ${condition}
      order by t.updated_at desc
      limit $3
    )`;
};

/** What is under way and what is stuck: some of each, the last changed first. */
export const listCurrentTasks = defineStatement({
  name: 'list_current_tasks',
  params: page,
  columns: taskColumns,
  text: current(''),
});

/** The same of one goal and all goals below it: a statement of its own, because one plan cannot serve both indexes. */
export const listCurrentTasksOfGoal = defineStatement({
  name: 'list_current_tasks_of_goal',
  params: { ...page, goalId: 'text' },
  columns: taskColumns,
  text: current(` and t.goal_id = any(${subtreeOf('array[$4]')})`),
});

/** Tasks under way or stuck for which others are looked for. */
const currentAtMost = 50;

const waitingColumns = {
  id: 'text',
  goal_id: 'text',
  description: 'text',
  waits_for: 'text[]',
  total: 'int8',
} as const;

const waiting = (scope: string) => `
    with current as (
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.status in ('in_progress', 'blocked', 'failed') and not t.parked${scope}
      limit ${currentAtMost}
    ),
    waiting as (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.status = 'pending' and not t.parked and t.id = any(array(
        select d.task_id
        from task_dependencies d
        where d.workspace_id = $1 and d.depends_on_id = any(array(select c.id from current c))
        limit ${countedAtMost.briefed}
      ))
    )
    select w.id, w.goal_id, left(w.description, $2) as description,
      array(
        select x.id || ' ' || x.status::text
        from task_dependencies d
        join tasks x on x.workspace_id = $1 and x.id = d.depends_on_id
        where d.workspace_id = $1 and d.task_id = w.id and ${keepsWaiting('x')}
        order by x.number
        limit 5
      ) as waits_for,
      (select count(*) from waiting v) as total
    from waiting w
    order by w.priority, w.number
    limit $3`;

/** Open tasks that wait for others, most important first, each with the first of what it waits for and how that stands. */
export const listWaitingTasks = defineStatement({
  name: 'list_waiting_tasks',
  params: page,
  columns: waitingColumns,
  text: waiting(''),
});

/** The same of one goal and all goals below it. */
export const listWaitingTasksOfGoal = defineStatement({
  name: 'list_waiting_tasks_of_goal',
  params: { ...page, goalId: 'text' },
  columns: waitingColumns,
  text: waiting(` and t.goal_id = any(${subtreeOf('array[$4]')})`),
});

/** A bound that an index is read from, whether a time is given or not. */
const since = (column: string) => `${column} >= ${timeBound('$4', '$5')}`;
const lately = {
  ...page,
  /** The first instant that counts, and how many seconds ago that was: one of them, or none. */
  since: 'timestamptz?',
  secondsAgo: 'float8?',
} as const;

const finished = `tasks t where t.workspace_id = $1 and t.completed_at is not null and ${since('t.completed_at')}`;

/** What was finished last. */
export const listFinishedTasks = defineStatement({
  name: 'list_finished_tasks',
  params: lately,
  columns: taskColumns,
  text: `
    select ${task('t.completed_at')},
      (select count(*) from (select from ${finished} limit ${countedAtMost.briefed}) as counted) as total
    from (
      select t.*
      from ${finished}
      order by t.completed_at desc
      limit $3
    ) t
    ${claimOf('t')}
    order by t.completed_at desc`,
});

/** Goal by goal: among all that was finished lately the planner would look for that of one goal. */
const finishedBelow = (end: string) => `unnest(${subtreeOf('array[$6]')}) as g (id)
    cross join lateral (
      select t.*
      from tasks t
      where t.workspace_id = $1 and t.goal_id = g.id and t.completed_at is not null and ${since('t.completed_at')}
      ${end}
    ) t`;

/** The same of one goal and all goals below it. */
export const listFinishedTasksOfGoal = defineStatement({
  name: 'list_finished_tasks_of_goal',
  params: { ...lately, goalId: 'text' },
  columns: taskColumns,
  text: `
    select ${task('t.completed_at')},
      (select count(*) from (select from ${finishedBelow(`limit ${countedAtMost.briefed}`)} limit ${countedAtMost.briefed}) as counted) as total
    from ${finishedBelow('order by t.completed_at desc\n      limit $3')}
    ${claimOf('t')}
    order by t.completed_at desc
    limit $3`,
});

const noteColumns = {
  goal_id: 'text',
  task_id: 'text?',
  actor: 'text',
  text: 'text',
  created_at: 'timestamptz',
  total: 'int8',
} as const;

const note = 'n.goal_id, n.task_id, n.actor, left(n.text, $2) as text, n.created_at';
const countedNotes = (notes: string) =>
  `(select count(*) from (select from ${notes} limit ${countedAtMost.briefed}) as counted) as total`;

const recentNotes = `notes n where n.workspace_id = $1 and ${since('n.created_at')}`;

/** The last notes. */
export const listLastNotes = defineStatement({
  name: 'list_last_notes',
  params: lately,
  columns: noteColumns,
  text: `
    select ${note}, ${countedNotes(recentNotes)}
    from ${recentNotes}
    order by n.created_at desc
    limit $3`,
});

/** Goal by goal, each by its index. */
const notesBelow = (end: string) => `unnest(${subtreeOf('array[$6]')}) as g (id)
    cross join lateral (
      select n.*
      from notes n
      where n.workspace_id = $1 and n.goal_id = g.id and ${since('n.created_at')}
      ${end}
    ) n`;

/** The last notes on a goal, all goals below it, and their tasks. */
export const listLastNotesOfGoal = defineStatement({
  name: 'list_last_notes_of_goal',
  params: { ...lately, goalId: 'text' },
  columns: noteColumns,
  text: `
    select ${note}, ${countedNotes(notesBelow(`limit ${countedAtMost.briefed}`))}
    from ${notesBelow('order by n.id desc\n      limit $3')}
    order by n.id desc
    limit $3`,
});
