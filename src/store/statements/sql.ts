import { leaseSeconds } from '../../domain/claims.ts';

// Pieces of SQL that several statements share. Each takes the alias of its table, and reads the workspace from $1.

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
    `labels = case when ${change} ? 'labels' then array(select jsonb_array_elements_text(${change} -> 'labels')) else t.labels end`,
    `criteria = case when ${change} ? 'criteria' then ${change} -> 'criteria' else t.criteria end`,
    `due_at = case when ${change} ? 'due_at' then (${change} ->> 'due_at')::timestamptz else t.due_at end`,
  ].join(',\n      ');
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

/** A time that is given, or so many seconds ago, or the beginning of all: an index is read from it, whichever it is. */
export function timeBound(at: string, secondsAgo: string): string {
  return `greatest('-infinity'::timestamptz, ${at}::timestamptz, now() - make_interval(secs => ${secondsAgo}::float8))`;
}

/** Whether a task, `t`, is none that its goal counts as done: isClosedTask says the same of a status. */
export function isOpen(alias: string): string {
  return `${alias}.status not in ('completed', 'cancelled')`;
}

/** Whether a goal's status says that its open tasks are not ready: isClosed says the same. */
export function isClosedStatus(status: string): string {
  return `${status} in ('completed', 'cancelled', 'archived')`;
}

/** Whether a goal, `g`, is in lists that ask for no status; as the index goals_listed says it. */
export function isListed(alias: string): string {
  return `${alias}.status in (${listedStatuses})`;
}

/** The others; as the index goals_archived says it. */
export function isArchived(alias: string): string {
  return `${alias}.status not in (${listedStatuses})`;
}

const listedStatuses = `'planned', 'in_progress', 'completed', 'cancelled'`;

/** Whether something is left to be met before the task is done (docs/decisions/criteria.md). */
export function hasUnmetCriteria(alias: string): string {
  return `${alias}.criteria <> '[]' and jsonb_path_exists(${alias}.criteria, '$[*] ? (!exists(@.met_at))')`;
}

/** A goal's tasks, `t`, found by the goal alone: `offset 0` keeps the planner from the index of any status. */
export function tasksOfGoal(goalId: string): string {
  return `(
      select t.id, t.number, t.status, t.criteria
      from tasks t
      where t.workspace_id = $1 and t.goal_id = ${goalId}
      offset 0
    ) t`;
}

/** Whether those that depend on the task wait for it. */
export function keepsWaiting(alias: string): string {
  return `${alias}.status <> 'completed' and not ${alias}.waived`;
}

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

/** Goals, `ids`, may have a new status or priority, by which those of a repository or a label are listed: the rows of one table. */
export function followedGoalEntries(table: 'goal_repos' | 'goal_labels', ids: string): string {
  // looked up row by row: joined, they are looked for among all goals
  const of = (column: string) => `(select ${column} from goals g where g.workspace_id = $1 and g.number = r.number)`;
  return `update ${table} r
    set status = ${of('g.status')}, priority = ${of('g.priority')}
    where r.workspace_id = $1
      and r.number = any(array(
        select x.number
        from goals x
        where x.workspace_id = $1 and x.id = any(${ids})
      ))
      and ${of('(r.status, r.priority) is distinct from (g.status, g.priority)')}`;
}

/** The same of both tables. */
export function followedGoals(ids: string): string {
  return `${followedGoalEntries('goal_repos', ids)};
    ${followedGoalEntries('goal_labels', ids)}`;
}

/**
 * Goals, `ids`, have other repositories or labels, or come back: first those by which they were listed go, and then they are
 * inserted anew.
 */
export function deletedGoalEntries(table: 'goal_repos' | 'goal_labels', ids: string): string {
  return `delete from ${table} r
    where r.workspace_id = $1 and r.number = any(array(
      select g.number
      from goals g
      where g.workspace_id = $1 and g.id = any(${ids})
    ))`;
}

export function insertedGoalRepos(ids: string): string {
  return `insert into goal_repos (workspace_id, number, repo, status, priority)
    select distinct g.workspace_id, g.number, r.repo, g.status, g.priority
    from goals g
    cross join unnest(g.repos) as r (repo)
    where g.workspace_id = $1 and g.id = any(${ids})`;
}

/** The start of a priority that nothing is ready of. */
export const noStart = '9223372036854775807';

/** Leases that one call ends at most; there is always another call. */
export const expiredAtOnce = 100;

/** An empty claim counts tasks up to this many, and looks at none beyond: it is asked again and again. */
export const outlookAtMost = 1_000;

/** A time to the microsecond as ISO 8601 in UTC: a JavaScript date, which `timestamptz` becomes, has milliseconds. */
export function exactTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** A time to the second as ISO 8601 in UTC. */
export function secondsOf(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}
