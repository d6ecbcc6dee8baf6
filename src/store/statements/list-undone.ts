import { defineStatement } from '../statement.ts';
import {
  concernedGoals,
  isConsequence,
  isIn,
  isNotIn,
  isOfNote,
  isSame,
  revisionOf,
  undoneDependencies,
  undoneRows,
} from './sql.ts';

const params = { workspaceId: 'int8', operations: 'int8[]' } as const;

/** How many events taking these operations back may need: one a row, and one for each goal whose status follows. */
export const countUndone = defineStatement({
  name: 'count_undone',
  params,
  columns: { rows: 'int8', goals: 'int8' },
  text: `
    with ${undoneRows}
    select (select count(*) from undone u) as rows,
      (select count(*) from (${concernedGoals}) g) as goals`,
});

/** How many events each of these operations has. */
export const countChanges = defineStatement({
  name: 'count_changes',
  params,
  columns: { operation: 'int8', changes: 'int8' },
  text: `
    select e.operation, count(*) as changes
    from events e
    where e.workspace_id = $1 and e.operation = any($2::int8[])
    group by e.operation`,
});

/**
 * What taking these operations back does to each row. `was` and `is_there`: whether there was a row before the first and
 * after the last of them. `dependents` wait for a task that comes or goes. `holder` holds the task at this moment.
 */
export const listUndone = defineStatement({
  name: 'list_undone',
  params,
  columns: {
    kind: 'text',
    id: 'text?',
    was: 'bool',
    is_there: 'bool',
    goal_id: 'text',
    goal_id_before: 'text?',
    goal_id_after: 'text?',
    moves_counts: 'bool',
    moves_state: 'bool',
    waits_again: 'bool',
    changes_text: 'bool',
    dependents: 'text[]',
    holder: 'text?',
    lease_expires_at: 'timestamptz?',
  },
  text: `
    with ${undoneRows},
    ${undoneDependencies},
    waiting as (
      select x.depends_on_id as id, array_agg(distinct x.task_id) as dependents
      from (
        select x.task_id, x.depends_on_id
        from dependents x
        union all
        select d.task_id, d.depends_on_id
        from task_dependencies d
        where d.workspace_id = $1
          and d.depends_on_id = any(array(select u.id from undone u where u.kind = 'task' and u.before is null))
      ) x
      group by x.depends_on_id
    )
    select u.kind, u.id, u.before is not null as was, u.after is not null as is_there, u.goal_id,
      u.before ->> 'goal_id' as goal_id_before, u.after ->> 'goal_id' as goal_id_after,
      u.kind = 'task' and (
        (u.before is null) <> (u.after is null)
        or u.before -> 'goal_id' <> u.after -> 'goal_id'
        or (u.before ->> 'status' = 'completed') <> (u.after ->> 'status' = 'completed')
      ) is true as moves_counts,
      u.kind = 'task' and (
        (u.before is null) <> (u.after is null)
        or u.before -> 'status' <> u.after -> 'status'
        or u.before -> 'claimed_by' <> u.after -> 'claimed_by'
        or u.before -> 'completed_at' <> u.after -> 'completed_at'
        or u.before -> 'result' <> u.after -> 'result'
      ) is true as moves_state,
      u.id in (select d.task_id from dependencies d where d.added) is true as waits_again,
      u.kind <> 'note' and (
        u.after is null
        or u.before -> 'description' is distinct from u.after -> 'description'
        or u.before -> 'jira_ticket' is distinct from u.after -> 'jira_ticket'
        or u.before -> 'repo' is distinct from u.after -> 'repo'
        or u.before -> 'repos' is distinct from u.after -> 'repos'
        or u.before -> 'result' is distinct from u.after -> 'result'
      ) as changes_text,
      coalesce(w.dependents, '{}') as dependents,
      t.claimed_by as holder, t.lease_expires_at
    from undone u
    left join waiting w on u.kind = 'task' and w.id = u.id
    left join tasks t on t.workspace_id = $1 and u.kind = 'task' and t.id = u.id
      and t.claimed_by is not null and t.lease_expires_at > now()
    order by u.place`,
});

/**
 * What happened to these tasks and notes since the first of these operations, by other operations, first to last. That a lease ran out
 * is no change of anybody's; a row that came and went is only looked at now. `undoes` is what an event takes back on its row.
 */
export const listLaterEvents = defineStatement({
  name: 'list_later_events',
  params,
  columns: {
    kind: 'text',
    id: 'text',
    seq: 'int8',
    operation: 'int8',
    actor: 'text',
    action: 'text',
    goal_id: 'text',
    task_id: 'text?',
    undoes: 'int8[]?',
  },
  text: `
    with ${undoneRows},
    later as (
      select u.kind, u.id, e.seq, e.operation, e.actor, e.action, e.goal_id, e.task_id, e.undoes, e.at, e.after is null as gone,
        ${revisionOf('e')} as revision
      from undone u
      join events e on e.workspace_id = $1 and e.task_id = any(array(select v.id from undone v where v.kind = 'task'))
        and ${isSame('e.task_id', 'u.id')}
      where u.kind = 'task' and (u.before is not null or u.after is not null)
        and e.operation <> all($2::int8[]) and not ${isOfNote('e')}
        and not (e.action = 'lease_ended' and e.after ->> 'status' = 'pending')
        and (${revisionOf('e')} > u.revision
          or ${revisionOf('e')} = u.revision and e.after is null and not u.begins_with_deletion)
      union all
      select u.kind, u.id, e.seq, e.operation, e.actor, e.action, e.goal_id, e.task_id, e.undoes, e.at, false, 0
      from undone u
      join events e on e.workspace_id = $1 and e.undoes is not null
        and coalesce(e.task_id, e.goal_id) = any(array(select coalesce(v.task_id, v.goal_id) from undone v where v.kind = 'note'))
        and ${isSame('coalesce(e.task_id, e.goal_id)', 'coalesce(u.task_id, u.goal_id)')}
      where u.kind = 'note' and e.operation <> all($2::int8[]) and e.action = 'note_undone'
        and coalesce(e.after, e.before) ->> 'id' = u.id
        and (e.at, e.seq) > (
          select h.at, h.seq
          from happened h
          where h.kind = 'note' and h.id = u.id
          order by h.at, h.seq
          limit 1
        )
    )
    select l.kind, l.id, l.seq, l.operation, l.actor, l.action, l.goal_id, l.task_id, l.undoes
    from later l
    order by l.revision, l.gone, l.at, l.seq`,
});

/**
 * The own events of the goals that these operations concern, first to last: what each said of the goal's status and
 * counts. `follows`: it only followed from the goal's tasks. `undoes` is what an event takes back, or its operation.
 * `moved_total` and `moved_open` of a goal's first event by one of these operations: by how much the others of them had
 * moved its counts until then; 0 of any other event.
 */
export const listGoalEvents = defineStatement({
  name: 'list_goal_events',
  params,
  columns: {
    id: 'text',
    seq: 'int8',
    operation: 'int8',
    actor: 'text',
    action: 'text',
    follows: 'bool',
    undoes: 'int8[]?',
    before: 'jsonb?',
    after: 'jsonb?',
    moved_total: 'int4',
    moved_open: 'int4',
  },
  text: `
    with concerned (id) as (${concernedGoals}),
    firsts as (
      select distinct on (e.goal_id) e.goal_id, e.operation, e.seq, e.at
      from events e
      where e.workspace_id = $1 and e.operation = any($2::int8[]) and e.task_id is null and not ${isOfNote('e')}
      order by e.goal_id, ${revisionOf('e')}, e.after is null, e.at, e.seq
    ),
    moved as (
      select f.seq, sum(i.tasks) as total, sum(i.tasks) filter (where i.status <> 'completed') as open
      from firsts f
      join events e on e.workspace_id = $1 and e.operation = any($2::int8[]) and e.operation <> f.operation
        and e.task_id is not null and not ${isOfNote('e')} and (e.at, e.seq) < (f.at, f.seq)
      cross join lateral (values (e.before ->> 'goal_id', e.before ->> 'status', -1), (e.after ->> 'goal_id', e.after ->> 'status', 1))
        as i (goal_id, status, tasks)
      where i.goal_id = f.goal_id
      group by f.seq
    )
    select e.goal_id as id, e.seq, e.operation, e.actor, e.action, ${isConsequence('e')} as follows,
      coalesce(e.undoes, case when ${isConsequence('e')} then (
        select array_agg(distinct i.id)
        from events x
        cross join unnest(x.undoes) as i (id)
        where x.workspace_id = $1 and x.operation = e.operation
      ) end) as undoes,
      case when e.before is not null then jsonb_build_object('status', e.before -> 'status', 'total', e.before -> 'total_tasks', 'open', e.before -> 'open_tasks') end as before,
      case when e.after is not null then jsonb_build_object('status', e.after -> 'status', 'total', e.after -> 'total_tasks', 'open', e.after -> 'open_tasks') end as after,
      coalesce(m.total, 0)::int4 as moved_total, coalesce(m.open, 0)::int4 as moved_open
    from concerned c
    join events e on e.workspace_id = $1 and e.goal_id = any(array(select x.id from concerned x)) and ${isSame('e.goal_id', 'c.id')}
    left join moved m on m.seq = e.seq
    where e.task_id is null and not ${isOfNote('e')}
    order by ${revisionOf('e')}, e.after is null, e.at, e.seq`,
});

const linked = (condition: string) => `
      select e.seq, e.actor, e.action, e.goal_id, e.task_id
      from events e
      where e.workspace_id = $1 and ${condition}
      order by e.at desc, e.seq desc
      limit 1`;

/**
 * What stands in the way of taking these operations back, beside later changes of the rows themselves, each with the
 * event that put it there: tasks, dependents and notes that were added to what would go; a goal or dependency that is gone;
 * a row that is not there any more, or there again.
 */
export const listObstacles = defineStatement({
  name: 'list_obstacles',
  params,
  columns: { id: 'text', seq: 'int8?', actor: 'text?', action: 'text?', goal_id: 'text?', task_id: 'text?' },
  text: `
    with ${undoneRows},
    ${undoneDependencies},
    going as (
      select u.kind, u.id
      from undone u
      where u.before is null and u.after is not null
    ),
    coming as (
      select u.kind, u.id
      from undone u
      where u.before is not null and u.after is null
    ),
    added_tasks as (
      select t.goal_id, t.id
      from tasks t
      where t.workspace_id = $1 and t.goal_id = any(array(select g.id from going g where g.kind = 'goal'))
        and (
          ${isNotIn('t.id', "select u.id from undone u where u.kind = 'task'")}
          or ${isIn('(t.id, t.goal_id)', "select u.id, u.before ->> 'goal_id' from undone u where u.kind = 'task' and u.before is not null")}
        )
    ),
    added_dependents as (
      select d.depends_on_id as id, d.task_id
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = any(array(select g.id from going g where g.kind = 'task'))
        and ${isNotIn('d.task_id', "select x.id from going x where x.kind = 'task'")}
        and ${isNotIn('(d.task_id, d.depends_on_id)', 'select x.task_id, x.depends_on_id from dependencies x where not x.added')}
        and ${isNotIn(
          '(d.task_id, d.depends_on_id)',
          `select i.image ->> 'task_id', h.id
          from happened h
          cross join jsonb_array_elements(h.after -> 'dependents') as i (image)
          where h.kind = 'task'`,
        )}
    ),
    notes_of_going as (
      select n.id, n.goal_id, n.task_id
      from notes n
      where n.workspace_id = $1 and n.task_id = any(array(select g.id from going g where g.kind = 'task'))
      union all
      select n.id, n.goal_id, n.task_id
      from notes n
      where n.workspace_id = $1 and n.goal_id = any(array(select g.id from going g where g.kind = 'goal')) and n.task_id is null
    ),
    added_notes as (
      select n.id, n.goal_id, n.task_id
      from notes_of_going n
      where ${isNotIn('n.id::text', "select u.id from undone u where u.kind = 'note'")}
        and ${isNotIn(
          'n.id::text',
          `select i.image ->> 'id'
          from happened h
          cross join jsonb_array_elements(h.after -> 'notes') as i (image)
          where h.kind <> 'note'`,
        )}
    ),
    missing as (
      select u.id, u.before ->> 'goal_id' as missing_id
      from undone u
      where u.kind = 'task' and u.before is not null
        and (u.after is null or u.before -> 'goal_id' <> u.after -> 'goal_id')
        and (select g.id from goals g where g.workspace_id = $1 and g.id = u.before ->> 'goal_id') is null
        and ${isNotIn("u.before ->> 'goal_id'", "select c.id from coming c where c.kind = 'goal'")}
      union
      select d.task_id, d.depends_on_id
      from dependencies d
      where d.added
        and (
          ${isIn('d.depends_on_id', "select g.id from going g where g.kind = 'task'")}
          or ${isNotIn('d.depends_on_id', "select c.id from coming c where c.kind = 'task'")}
            and (select t.id from tasks t where t.workspace_id = $1 and t.id = d.depends_on_id) is null
        )
      union
      select coalesce(u.task_id, u.goal_id), coalesce(u.task_id, u.goal_id)
      from undone u
      where u.kind = 'note'
        and ${isNotIn('coalesce(u.task_id, u.goal_id)', "select v.id from undone v where v.kind <> 'note' and v.after is null")}
        and (select t.id from tasks t where t.workspace_id = $1 and t.id = u.task_id) is null
        and (select g.id from goals g where g.workspace_id = $1 and g.id = u.goal_id and u.task_id is null) is null
        and (u.before is null) <> (u.after is null)
    ),
    changed as (
      select u.kind, u.id
      from undone u
      where u.kind <> 'note' and (u.after is null) <> (coalesce(
        (select t.id from tasks t where t.workspace_id = $1 and u.kind = 'task' and t.id = u.id),
        (select g.id from goals g where g.workspace_id = $1 and u.kind = 'goal' and g.id = u.id)
      ) is null)
    )
    select a.goal_id as id, e.seq, e.actor, e.action, e.goal_id, e.task_id
    from added_tasks a
    left join lateral (${linked(`e.task_id = a.id and not ${isOfNote('e')} and e.after ->> 'goal_id' = a.goal_id and e.before ->> 'goal_id' is distinct from a.goal_id`)}
    ) e on true
    union all
    select a.id, e.seq, e.actor, e.action, e.goal_id, e.task_id
    from added_dependents a
    left join lateral (${linked(`e.task_id = a.task_id and not ${isOfNote('e')} and e.after -> 'dependencies' ? a.id and (e.before -> 'dependencies' ? a.id) is not true`)}
    ) e on true
    union all
    select coalesce(a.task_id, a.goal_id), e.seq, e.actor, e.action, e.goal_id, e.task_id
    from added_notes a
    left join lateral (${linked(`(e.task_id = a.task_id or a.task_id is null and e.task_id is null and e.goal_id = a.goal_id) and ${isOfNote('e')} and e.after -> 'id' = to_jsonb(a.id)`)}
    ) e on true
    union all
    select m.id, e.seq, e.actor, e.action, e.goal_id, e.task_id
    from missing m
    left join lateral (${linked(`(e.task_id = m.missing_id or e.task_id is null and e.goal_id = m.missing_id) and not ${isOfNote('e')} and e.after is null`)}
    ) e on true
    union all
    select c.id, e.seq, e.actor, e.action, e.goal_id, e.task_id
    from changed c
    left join lateral (${linked(`(c.kind = 'task' and e.task_id = c.id or c.kind = 'goal' and e.task_id is null and e.goal_id = c.id) and not ${isOfNote('e')} and e.operation <> all($2)`)}
    ) e on true`,
});
