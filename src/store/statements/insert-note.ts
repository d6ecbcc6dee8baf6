import { defineStatement } from '../statement.ts';
import { eventColumns } from './sql.ts';

/** A note on a task, and with it on the task's goal. None where the task does not exist. */
export const insertNoteOnTask = defineStatement({
  name: 'insert_note_on_task',
  params: { workspaceId: 'int8', id: 'int8', taskId: 'text', actor: 'text', text: 'text' },
  columns: {},
  text: `
    insert into notes (workspace_id, id, goal_id, task_id, actor, text)
    select $1, $2, t.goal_id, t.id, $4, $5
    from tasks t
    where t.workspace_id = $1 and t.id = $3`,
});

/** A note on a goal. None where the goal does not exist. */
export const insertNoteOnGoal = defineStatement({
  name: 'insert_note_on_goal',
  params: { workspaceId: 'int8', id: 'int8', goalId: 'text', actor: 'text', text: 'text' },
  columns: {},
  text: `
    insert into notes (workspace_id, id, goal_id, task_id, actor, text)
    select $1, $2, g.id, null, $4, $5
    from goals g
    where g.workspace_id = $1 and g.id = $3`,
});

/** The history of a new note. Its action tells it from events of goals and tasks: their rows are not in it. */
export const recordNote = defineStatement({
  name: 'record_note',
  params: { workspaceId: 'int8', id: 'int8', seq: 'int8', actor: 'text' },
  columns: {},
  text: `
    insert into events (${eventColumns})
    select $1, $3, $3, $4, 'noted', n.goal_id, n.task_id, null, to_jsonb(n) - 'workspace_id'
    from notes n
    where n.workspace_id = $1 and n.id = $2`,
});
