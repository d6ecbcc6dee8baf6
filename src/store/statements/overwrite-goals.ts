import { defineStatement } from '../statement.ts';
import { eventColumns, goalImage } from './sql.ts';

/** Gives goals that are there what an import says of them; an event each, numbered from `seq` in the order of `goals`. */
export const overwriteGoals = defineStatement({
  name: 'overwrite_goals',
  params: { workspaceId: 'int8', goals: 'jsonb', seq: 'int8', operation: 'int8', actor: 'text' },
  columns: {},
  text: `
    with wanted as (
      select n.*, row_number() over (order by n.number) - 1 as place
      from jsonb_to_recordset($2::jsonb) as n (id text, number int8, description text, priority text, status text,
        repos jsonb, created_at timestamptz, updated_at timestamptz, metadata jsonb)
    ),
    before as (
      select g.*
      from goals g
      where g.workspace_id = $1 and g.id in (select w.id from wanted w)
      order by g.number
      for no key update
    ),
    changed as (
      update goals g
      set description = w.description,
        priority = w.priority::priority,
        status = w.status::goal_status,
        repos = array(select jsonb_array_elements_text(w.repos)),
        created_at = w.created_at,
        updated_at = w.updated_at,
        metadata = w.metadata,
        revision = g.revision + 1
      from before b
      join wanted w on w.id = b.id
      where g.workspace_id = $1 and g.id = b.id
      returning g.*
    )
    insert into events (${eventColumns})
    select $1, $3 + w.place, $4, $5, 'updated', c.id, null::text, ${goalImage('b')}, ${goalImage('c')}
    from changed c
    join before b on b.id = c.id
    join wanted w on w.id = c.id`,
});
