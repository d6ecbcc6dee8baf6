import { defineStatement } from '../statement.ts';
import { eventColumns, isNotIn, undoneRows } from './sql.ts';

// Taking operations back: notes. Events are numbered from `seq` by the rows' places.

const params = { workspaceId: 'int8', operations: 'int8[]', seq: 'int8', actor: 'text' } as const;

/** Notes that were added go. One that is gone already, with what it was on, has an event all the same. */
export const undoAddedNotes = defineStatement({
  name: 'undo_added_notes',
  params,
  columns: {},
  text: `
    with ${undoneRows},
    going as (
      select u.place, u.operations, u.goal_id, u.task_id, n.id, to_jsonb(n) - 'workspace_id' as image
      from undone u
      left join notes n on n.workspace_id = $1 and n.id = any(array(select v.id::int8 from undone v where v.kind = 'note'))
        and n.id::text = u.id
      where u.kind = 'note' and u.before is null
    ),
    recorded as (
      insert into events (${eventColumns}, undoes)
      select $1, $3 + x.place, $3, $4, 'note_undone', coalesce(x.image ->> 'goal_id', x.goal_id), x.task_id, x.image, null::jsonb, x.operations
      from going x
    )
    delete from notes n
    where n.workspace_id = $1 and n.id = any(array(select x.id from going x))`,
});

/** Notes come back that were taken back, and those of goals and tasks that come back; these notes. */
export const undoRemovedNotes = defineStatement({
  name: 'undo_removed_notes',
  params: { workspaceId: 'int8', operations: 'int8[]' },
  columns: { id: 'int8', text: 'text' },
  text: `
    with ${undoneRows},
    coming as (
      select u.before as image
      from undone u
      where u.kind = 'note' and u.before is not null and u.after is null
      union all
      select i.image
      from undone u
      cross join jsonb_array_elements(u.removed -> 'notes') as i (image)
      where u.kind <> 'note' and u.before is not null
        and ${isNotIn("i.image ->> 'id'", "select v.id from undone v where v.kind = 'note'")}
    )
    insert into notes (workspace_id, id, goal_id, task_id, actor, text, created_at)
    select $1, n.id,
      coalesce((select t.goal_id from tasks t where t.workspace_id = $1 and t.id = n.task_id), n.goal_id), n.task_id, n.actor, n.text, n.created_at
    from coming c
    cross join jsonb_to_record(c.image) as n (id int8, goal_id text, task_id text, actor text, text text, created_at timestamptz)
    returning id, text`,
});

/** The history of notes that came back by themselves. */
export const recordReturnedNotes = defineStatement({
  name: 'record_returned_notes',
  params,
  columns: {},
  text: `
    with ${undoneRows}
    insert into events (${eventColumns}, undoes)
    select $1, $3 + u.place, $3, $4, 'note_undone', n.goal_id, n.task_id, null::jsonb, to_jsonb(n) - 'workspace_id', u.operations
    from undone u
    join notes n on n.workspace_id = $1 and n.id = any(array(select v.id::int8 from undone v where v.kind = 'note'))
      and n.id::text = u.id
    where u.kind = 'note' and u.before is not null and u.after is null`,
});
