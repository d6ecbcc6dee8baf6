import { leaseSeconds } from '../../domain/claims.ts';
import type { Shape } from '../statement.ts';

// Pieces of SQL that several statements share. Each takes the alias of its table, and reads the workspace from $1.

/** What follows from other rows, or from the change itself: not a part of what history keeps of a task. */
const taskBookkeeping = `'{workspace_id,updated_at,open_dependencies,parked}'::text[]`;

/** A task's row as history keeps it, `t`: what was given of it, and the tasks that it depends on, each with its place. */
export function taskImage(alias: string): string {
  return `to_jsonb(${alias}) - ${taskBookkeeping} || ${dependenciesJson(alias)}`;
}

/** A deleted task's row as history keeps it: also who held it, its notes and who depended on it, since those go with it. */
export function deletedTaskImage(alias: string): string {
  return `${taskImage(alias)} || ${claimJson(alias)} || jsonb_build_object('dependents', coalesce((
      select jsonb_agg(jsonb_build_object('task_id', d.task_id, 'place', d.place) order by d.task_id)
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = ${alias}.id), '[]'::jsonb),
      'notes', ${notesJson(`n.task_id = ${alias}.id`)})`;
}

/** A goal's row as history keeps it. */
export function goalImage(alias: string): string {
  return `to_jsonb(${alias}) - '{workspace_id,updated_at}'::text[]`;
}

/** A deleted goal's row as history keeps it: also its own notes. Its tasks' are in the images of those. */
export function deletedGoalImage(alias: string): string {
  return `${goalImage(alias)} || jsonb_build_object('notes', ${notesJson(`n.goal_id = ${alias}.id and n.task_id is null`)})`;
}

/** Of a goal's row, what differs from another version of it, and how its tasks stood. */
export function goalChange(alias: string, other: string): string {
  return `(
      select jsonb_object_agg(k.key, k.value)
      from jsonb_each(to_jsonb(${alias}) - '{workspace_id,updated_at,revision}'::text[]) as k
      where k.key in ('status', 'total_tasks', 'open_tasks') or k.value <> to_jsonb(${other}) -> k.key)`;
}

/** What `taskEdit` is joined with: a cast to an enum inside `case` or `coalesce` is more than a sharded database takes. */
export function editedPriority(change: string): string {
  return `unnest(array[(${change} ->> 'priority')::priority]) as n (priority)`;
}

/** The columns of a task that an edit sets: those that `change`, a JSON object, has; `n` is joined (editedPriority). */
export function taskEdit(change: string): string {
  const texts = ['description', 'type', 'estimated_effort', 'repo', 'jira_ticket'].map(
    (column) => `${column} = case when ${change} ? '${column}' then ${change} ->> '${column}' else t.${column} end`,
  );
  return [
    ...texts,
    'priority = coalesce(n.priority, t.priority)',
    `assigned_tools = case when ${change} ? 'tools' then array(select jsonb_array_elements_text(${change} -> 'tools')) else t.assigned_tools end`,
  ].join(',\n      ');
}

/** Who holds a task, as an object for its image. */
function claimJson(alias: string): string {
  return `coalesce((
      select jsonb_build_object('claimed_by', c.holder, 'lease_expires_at', c.expires_at)
      from claims c
      where c.workspace_id = $1 and c.task_id = ${alias}.id), '{"claimed_by": null, "lease_expires_at": null}')`;
}

/**
 * Joins the claim, `c`, that somebody has on a task. There is one at most; that this is said keeps the planner from going
 * through all claims of a workspace for the few that are looked for.
 */
export function claimOf(alias: string): string {
  return `left join lateral (
      select h.holder, h.expires_at
      from claims h
      where h.workspace_id = $1 and h.task_id = ${alias}.id
      limit 1
    ) c on true`;
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

/** The columns of a whole task, `t`, whose claim is joined (claimOf). */
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
    t.open_dependencies, c.holder as claimed_by, c.expires_at as lease_expires_at`;

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
    t.open_dependencies, c.holder as claimed_by, c.expires_at as lease_expires_at,
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
 * Joins rows that are looked up by `key = any(array(…))` with a list that has the same keys. As an expression the key is no
 * way into the index: else each row of the list looks itself up, and goes through the whole array to do so.
 */
export function isSame(key: string, other: string): string {
  return `${key} || '' = ${other}`;
}

/** Words of texts that changed, beside those of `w` whose weights stay; as text, since `||` would give the others new places. */
export function replacedWords(keptWeights: string, words: string): string {
  return `(ts_filter(w.words, ${keptWeights}::"char"[])::text || ' ' || ${words})::tsvector`;
}

/** Whether an actor is a process of an agent: its name with a suffix of eight hexadecimal digits. */
export function isProcessOf(actor: string, agent: string): string {
  return `starts_with(${actor}, ${agent} || '-') and substr(${actor}, length(${agent}) + 2) ~ '^[0-9a-f]{8}$'`;
}

/** How long after its last change a task in progress that nobody holds is stale: as long as a claim lasts by default. */
export const staleAfter = `interval '${leaseSeconds.default} seconds'`;

/** Whether somebody set a task to in_progress without a claim, and has not been heard of since. */
export function isStale(alias: string): string {
  return `${isStaleUnlessHeld(alias)}
      and not exists (select from claims h where h.workspace_id = $1 and h.task_id = ${alias}.id)`;
}

/** The same of a task whose claim the statement looks at by itself. */
export function isStaleUnlessHeld(alias: string): string {
  return `${alias}.status = 'in_progress' and ${alias}.updated_at < now() - ${staleAfter}`;
}

/** Whether a task waits for nothing but an agent: word for word what the indexes of ready work are limited to. */
export function isReady(alias: string): string {
  return `${alias}.status = 'pending' and ${alias}.open_dependencies = 0 and not ${alias}.parked`;
}

/** Each priority, `p`, and the number, `p.start`, that ready work of it does not begin before. Most important first. */
export const readyStarts = `(
        select p.priority, coalesce(s.number, 0) as start
        from unnest(enum_range(null::priority)) as p (priority)
        left join ready_starts s on s.workspace_id = $1 and s.priority = p.priority
        order by p.priority
      ) p`;

/** The start of a priority that nothing is ready of. */
export const noStart = '9223372036854775807';

/** Leases that one call ends at most; there is always another call. */
export const expiredAtOnce = 100;

/** An empty claim counts tasks up to this many, and looks at none beyond: it is asked again and again. */
export const outlookAtMost = 1_000;

/** Past this many rows a list says "at least": counting further would cost more than the list. */
export const countedAtMost = 1_000;

/** A time to the microsecond as ISO 8601 in UTC: a JavaScript date, which `timestamptz` becomes, has milliseconds. */
export function exactTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
