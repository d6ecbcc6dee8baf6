import { defineStatement } from '../statement.ts';

// What an undo looks at, in the order of the events' numbers: of two changes of one row the later one has the higher.

const params = { workspaceId: 'int8', operations: 'int8[]' } as const;

/** All that these operations did. */
export const listEventsOfOperations = defineStatement({
  name: 'list_events_of_operations',
  params,
  columns: {
    seq: 'int8',
    operation: 'int8',
    action: 'text',
    goal_id: 'text',
    task_id: 'text?',
    before: 'jsonb?',
    after: 'jsonb?',
  },
  text: `
    select e.seq, e.operation, e.action, e.goal_id, e.task_id, e.before, e.after
    from events e
    where e.workspace_id = $1 and e.operation = any($2::int8[])
    order by e.seq`,
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
 * What others did to these tasks, and to notes on them, from an event on. That a lease or a deferral ended is no change of anybody's.
 * `revision` and `fence` are the highest that the event knows of.
 */
export const listLaterEventsOfTasks = defineStatement({
  name: 'list_later_events_of_tasks',
  params: { workspaceId: 'int8', operations: 'int8[]', taskIds: 'text[]', fromSeq: 'int8' },
  columns: {
    seq: 'int8',
    operation: 'int8',
    actor: 'text',
    action: 'text',
    goal_id: 'text',
    task_id: 'text',
    note_id: 'text?',
    undoes: 'int8[]?',
    revision: 'int8?',
    fence: 'int8?',
  },
  text: `
    select e.seq, e.operation, o.actor, e.action, e.goal_id, e.task_id,
      case when e.action in ('noted', 'note_undone') then coalesce(e.after ->> 'id', e.before ->> 'id') end as note_id, e.undoes,
      (coalesce(e.before ->> 'revision', e.after ->> 'revision'))::int8 as revision,
      greatest((e.before ->> 'fence')::int8, (e.after ->> 'fence')::int8) as fence
    from events e
    join operations o on o.workspace_id = $1 and o.seq = e.operation
    where e.workspace_id = $1 and e.task_id = any($3::text[]) and e.seq > $4 and e.operation <> all($2::int8[])
      and not (e.action in ('lease_ended', 'deferral_ended') and e.after ->> 'status' = 'pending')
    order by e.seq`,
});

/** How a goal stood: the numbers of its tasks and sub-goals together, and of the open ones. */
const goalState = (image: 'before' | 'after') => `case when e.${image} is not null then jsonb_build_object(
        'status', e.${image} -> 'status',
        'total', (e.${image} ->> 'total_tasks')::int4 + coalesce((e.${image} ->> 'total_goals')::int4, 0),
        'open', (e.${image} ->> 'open_tasks')::int4 + coalesce((e.${image} ->> 'open_goals')::int4, 0)) end`;

/** The goals' own events and those of notes on them, from first to last. */
export const listEventsOfGoals = defineStatement({
  name: 'list_events_of_goals',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: {
    seq: 'int8',
    operation: 'int8',
    actor: 'text',
    action: 'text',
    goal_id: 'text',
    note_id: 'text?',
    undoes: 'int8[]?',
    before: 'jsonb?',
    after: 'jsonb?',
    revision: 'int8?',
  },
  text: `
    select e.seq, e.operation, o.actor, e.action, e.goal_id,
      case when e.action in ('noted', 'note_undone') then coalesce(e.after ->> 'id', e.before ->> 'id') end as note_id,
      coalesce(e.undoes, case when e.action = 'followed' then (
        select array_agg(distinct i.id)
        from events x
        cross join unnest(x.undoes) as i (id)
        where x.workspace_id = $1 and x.operation = e.operation
      ) end) as undoes,
      ${goalState('before')} as before,
      ${goalState('after')} as after,
      (coalesce(e.before ->> 'revision', e.after ->> 'revision'))::int8 as revision
    from events e
    join operations o on o.workspace_id = $1 and o.seq = e.operation
    where e.workspace_id = $1 and e.goal_id = any($2::text[]) and e.task_id is null
    order by e.seq`,
});
