import { leaseSeconds } from '../../domain/claims.ts';
import type { Shape } from '../statement.ts';

// Pieces of SQL that several statements share. Each takes the alias of its table, and reads the workspace from $1.

/** A task's row as history keeps it: every column, and the tasks that it depends on, each with its place. */
export function taskImage(alias: string): string {
  return `to_jsonb(${alias}) - 'workspace_id' || ${dependenciesJson(alias)}`;
}

/** A deleted task's row as history keeps it: also its notes and who depended on it, since those go with it. */
export function deletedTaskImage(alias: string): string {
  return `${taskImage(alias)} || jsonb_build_object('dependents', coalesce((
      select jsonb_agg(jsonb_build_object('task_id', d.task_id, 'place', d.place) order by d.task_id)
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = ${alias}.id), '[]'::jsonb),
      'notes', ${notesJson(`n.task_id = ${alias}.id`)})`;
}

/** A goal's row as history keeps it. */
export function goalImage(alias: string): string {
  return `to_jsonb(${alias}) - 'workspace_id'`;
}

/** A deleted goal's row as history keeps it: also its own notes. Its tasks' are in the images of those. */
export function deletedGoalImage(alias: string): string {
  return `${goalImage(alias)} || jsonb_build_object('notes', ${notesJson(`n.goal_id = ${alias}.id and n.task_id is null`)})`;
}

function notesJson(condition: string): string {
  return `coalesce((
      select jsonb_agg(to_jsonb(n) - 'workspace_id' order by n.id)
      from notes n
      where n.workspace_id = $1 and ${condition}), '[]'::jsonb)`;
}

function dependenciesJson(alias: string): string {
  return `(
      select jsonb_build_object('dependencies', coalesce(jsonb_agg(d.depends_on_id order by d.place), '[]'::jsonb),
        'places', coalesce(jsonb_agg(d.place order by d.place), '[]'::jsonb))
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = ${alias}.id)`;
}

const dependencyIds = `array(
      select d.depends_on_id
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = t.id
      order by d.place)`;

/** The columns of a whole task, `t`. */
export const taskColumns = {
  id: 'text',
  goal_id: 'text',
  description: 'text',
  type: 'text',
  status: 'text',
  priority: 'text',
  dependencies: 'text[]',
  repo: 'text?',
  jira_ticket: 'text?',
  estimated_effort: 'text?',
  assigned_tools: 'text[]',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  completed_at: 'timestamptz?',
  result: 'jsonb?',
  open_dependencies: 'int4',
  claimed_by: 'text?',
  lease_expires_at: 'timestamptz?',
} as const satisfies Shape;

export const taskSelect = `t.id, t.goal_id, t.description, t.type, t.status::text, t.priority::text,
    ${dependencyIds} as dependencies,
    t.repo, t.jira_ticket, t.estimated_effort, t.assigned_tools, t.created_at, t.updated_at, t.completed_at, t.result,
    t.open_dependencies, t.claimed_by, t.lease_expires_at`;

/** The columns of a task in a list, `t`: long text cut to `$2` characters, its full length beside it. */
export const listedTaskColumns = {
  ...taskColumns,
  description_length: 'int4',
  result_start: 'text?',
  result_length: 'int4',
} as const satisfies Shape;

export const listedTaskSelect = `t.id, t.goal_id, left(t.description, $2) as description, t.type, t.status::text, t.priority::text,
    ${dependencyIds} as dependencies,
    t.repo, t.jira_ticket, t.estimated_effort, t.assigned_tools, t.created_at, t.updated_at, t.completed_at,
    case when length(t.result::text) <= $2 then t.result end as result,
    t.open_dependencies, t.claimed_by, t.lease_expires_at,
    length(t.description) as description_length,
    left(t.result::text, $2) as result_start,
    coalesce(length(t.result::text), 0) as result_length`;

/** The columns of a goal, `g`. `task_ids` are the first `$2` of its tasks. */
export const goalColumns = {
  id: 'text',
  description: 'text',
  priority: 'text',
  status: 'text',
  repos: 'text[]',
  task_ids: 'text[]',
  total_tasks: 'int4',
  open_tasks: 'int4',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  metadata: 'jsonb',
} as const satisfies Shape;

const firstTaskIds = (limit: string) => `array(
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.goal_id = g.id
      order by t.number
      limit ${limit}) as task_ids`;

export const goalSelect = `g.id, g.description, g.priority::text, g.status::text, g.repos,
    ${firstTaskIds('$2')},
    g.total_tasks, g.open_tasks, g.created_at, g.updated_at, g.metadata`;

/** The columns of a goal in a list, `g`: long text cut to `$2` characters, the first `$3` of its tasks. */
export const listedGoalColumns = {
  ...goalColumns,
  metadata: 'jsonb?',
  description_length: 'int4',
  metadata_length: 'int4',
} as const satisfies Shape;

export const listedGoalSelect = `g.id, left(g.description, $2) as description, g.priority::text, g.status::text, g.repos,
    ${firstTaskIds('$3')},
    g.total_tasks, g.open_tasks, g.created_at, g.updated_at,
    case when length(g.metadata::text) <= $2 then g.metadata end as metadata,
    length(g.description) as description_length,
    length(g.metadata::text) as metadata_length`;

/** The columns of an event, in the order in which every statement that records one gives them. */
export const eventColumns = 'workspace_id, seq, operation, actor, action, goal_id, task_id, before, after';

/**
 * The rule by which a goal's status follows from its tasks, all pieces of SQL: `total` and `open` are its counts then;
 * `closes` and `opens` say whether what happens could complete it, or open it again. A cancelled goal stays so.
 */
export function goalStatus({
  status,
  total,
  open,
  closes,
  opens,
}: Record<'status' | 'total' | 'open' | 'closes' | 'opens', string>): string {
  return `case
          when ${status} in ('planned', 'in_progress') and ${closes} and ${open} = 0 and ${total} > 0 then 'completed'
          when ${status} = 'completed' and ${opens} and ${open} > 0 then 'in_progress'
          else ${status}
        end`;
}

/**
 * Whether an event tells only what followed for a goal from its tasks: its status, by the rule of docs/states.md. No
 * operation begins with one.
 */
export function isConsequence(alias: string): string {
  return `(${alias}.task_id is null and ${alias}.action = 'updated' and ${alias}.seq <> ${alias}.operation)`;
}

/**
 * Joins rows that are looked up by `key = any(array(…))` with a list that has the same keys. As an expression the key is no
 * way into the index: else each row of the list looks itself up, and goes through the whole array to do so.
 */
export function isSame(key: string, other: string): string {
  return `${key} || '' = ${other}`;
}

/**
 * Whether a value, or some of them in brackets, is among the rows of a query; none of them ever is null. Said in any other
 * way it is a join to the planner, which expects one row of a list and goes through all of it for each value.
 */
export function isIn(value: string, query: string): string {
  return `(${value} in (${query})) is true`;
}

export function isNotIn(value: string, query: string): string {
  return `(${value} in (${query})) is not true`;
}

/** Whether an event tells of a note, and not of the goal or task that the note is on. */
export function isOfNote(alias: string): string {
  return `${alias}.action in ('noted', 'note_undone')`;
}

/** Which of two events of a goal or task came first, with `after is null` after it: who deletes leaves the revision as it was. */
export function revisionOf(alias: string): string {
  return `coalesce((${alias}.after ->> 'revision')::int8, (${alias}.before ->> 'revision')::int8, 0)`;
}

const firstToLast = 'h.revision, h.after is null, h.at, h.seq';
const lastToFirst = 'h.revision desc, h.after is null desc, h.at desc, h.seq desc';

/**
 * The rows that the operations of $2 changed, as CTEs. `undone` has each row once: as it was `before` the first of these
 * changes and `after` the last, null where there was none; `removed` is the whole of one that the last change deleted, with
 * its notes and dependents. `place` counts the rows from 0, the same in every statement.
 */
export const undoneRows = `happened as (
      select e.operation, e.seq, e.at, e.goal_id, e.task_id, e.before, e.after, ${revisionOf('e')} as revision,
        case when ${isOfNote('e')} then 'note' when e.task_id is null then 'goal' else 'task' end as kind,
        case when ${isOfNote('e')} then coalesce(e.after, e.before) ->> 'id' else coalesce(e.task_id, e.goal_id) end as id
      from events e
      where e.workspace_id = $1 and e.operation = any($2::int8[]) and not ${isConsequence('e')}
    ),
    undone as (
      select h.kind, h.id,
        (array_agg(h.before order by ${firstToLast}))[1] as before,
        (array_agg(h.after order by ${lastToFirst}))[1] as after,
        case when (array_agg(h.after order by ${lastToFirst}))[1] is null
          then (array_agg(h.before order by ${lastToFirst}))[1]
        end as removed,
        (array_agg(h.goal_id order by ${lastToFirst}))[1] as goal_id,
        (array_agg(h.task_id order by ${lastToFirst}))[1] as task_id,
        min(h.revision) as revision,
        (array_agg(h.after is null order by ${firstToLast}))[1] as begins_with_deletion,
        array_agg(distinct h.operation) as operations,
        row_number() over (order by min(h.seq), h.kind, h.id) - 1 as place
      from happened h
      group by h.kind, h.id
    )`;

/** The goals of what the operations of $2 changed, those that a task was moved from included. */
export const concernedGoals = `
        select e.goal_id
        from events e
        where e.workspace_id = $1 and e.operation = any($2::int8[])
        union
        select e.before ->> 'goal_id'
        from events e
        where e.workspace_id = $1 and e.operation = any($2::int8[]) and e.task_id is not null
      `;

/**
 * After `undoneRows`: the dependencies of tasks that were there before, those that come back or back to their place (`added`)
 * and those that go.
 * What the first change of one did says how it was before; a dependency also goes with the task that it is on, without an
 * event of the one that waits, so that the images before the first and after the last change do not say it.
 */
export const undoneDependencies = `changed_dependencies as (
      select distinct on (c.task_id, c.depends_on_id) c.task_id, c.depends_on_id, c.place, c.added
      from (
        select h.id as task_id, i.id as depends_on_id, (h.before -> 'places' ->> (i.n - 1)::int4)::int4 as place, true as added,
          h.revision, h.at, h.seq
        from happened h
        cross join jsonb_array_elements_text(h.before -> 'dependencies') with ordinality as i (id, n)
        where h.kind = 'task' and h.after is not null
          and not exists (
            select from jsonb_array_elements_text(h.after -> 'dependencies') with ordinality as k (id, n)
            where k.id = i.id and h.after -> 'places' -> (k.n - 1)::int4 is not distinct from h.before -> 'places' -> (i.n - 1)::int4
          )
        union all
        select h.id, i.id, 0, false, h.revision, h.at, h.seq
        from happened h
        cross join jsonb_array_elements_text(h.after -> 'dependencies') as i (id)
        where h.kind = 'task' and not h.before -> 'dependencies' ? i.id
      ) c
      order by c.task_id, c.depends_on_id, c.revision, c.at, c.seq
    ),
    dependencies as (
      select c.task_id, c.depends_on_id, c.place, c.added
      from changed_dependencies c
      where ${isIn('c.task_id', "select u.id from undone u where u.kind = 'task' and u.before is not null")}
      union all
      select u.id, i.id, (u.removed -> 'places' ->> (i.n - 1)::int4)::int4, true
      from undone u
      cross join jsonb_array_elements_text(u.removed -> 'dependencies') with ordinality as i (id, n)
      where u.kind = 'task' and u.before is not null
        and ${isNotIn('(u.id, i.id)', 'select c.task_id, c.depends_on_id from changed_dependencies c')}
    ),
    dependents as (
      select x.task_id, u.id as depends_on_id, x.place
      from undone u
      cross join jsonb_to_recordset(u.removed -> 'dependents') as x (task_id text, place int4)
      where u.kind = 'task' and u.before is not null
        and ${isNotIn('(x.task_id, u.id)', 'select d.task_id, d.depends_on_id from dependencies d where not d.added')}
        and ${isNotIn('x.task_id', "select v.id from undone v where v.kind = 'task' and v.before is null")}
    )`;

/** A task's columns in the image of its row, for jsonb_to_record. */
export const taskImageColumns = `id text, number int8, goal_id text, description text, type text, status task_status,
        priority priority, repo text, jira_ticket text, estimated_effort text, assigned_tools text[],
        created_at timestamptz, completed_at timestamptz, result jsonb, open_dependencies int4, parked bool,
        claimed_by text, lease_expires_at timestamptz, fence int8, attempts int4`;

/** A goal's columns in the image of its row, for jsonb_to_record. */
export const goalImageColumns = `id text, number int8, description text, priority priority, status goal_status, repos text[],
        created_at timestamptz, metadata jsonb, total_tasks int4, open_tasks int4`;

/** Whether an actor is a process of an agent: its name with a suffix of four hexadecimal digits. */
export function isProcessOf(actor: string, agent: string): string {
  return `starts_with(${actor}, ${agent} || '-') and substr(${actor}, length(${agent}) + 2) ~ '^[0-9a-f]{4}$'`;
}

/** How long after its last change a task in progress that nobody holds is stale: as long as a claim lasts by default. */
export const staleAfter = `interval '${leaseSeconds.default} seconds'`;

/** Whether somebody set a task to in_progress without a claim, and has not been heard of since. */
export function isStale(alias: string): string {
  return `${alias}.status = 'in_progress' and ${alias}.claimed_by is null and ${alias}.updated_at < now() - ${staleAfter}`;
}

/** Leases that one call ends at most; there is always another call. */
export const expiredAtOnce = 100;

/** Past this many rows a list says "at least": counting further would cost more than the list. */
export const countedAtMost = 10_000;

/** A time to the microsecond as ISO 8601 in UTC: a JavaScript date, which `timestamptz` becomes, has milliseconds. */
export function exactTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** How long the answer of a request is kept. */
const requestIsKeptFor = `interval '24 hours'`;

export function requestIsKept(alias: string): string {
  return `${alias}.created_at > now() - ${requestIsKeptFor}`;
}

export function requestIsOld(alias: string): string {
  return `${alias}.created_at <= now() - ${requestIsKeptFor}`;
}
