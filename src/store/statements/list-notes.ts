import { countedAtMost } from '../../domain/limits.ts';
import { defineStatement } from '../statement.ts';

const columns = {
  id: 'int8',
  goal_id: 'text',
  task_id: 'text?',
  actor: 'text',
  text: 'text',
  text_length: 'int4',
  created_at: 'timestamptz',
  total: 'int8',
} as const;

const select = (condition: string) => `
    select n.id, n.goal_id, n.task_id, n.actor, left(n.text, $2) as text, length(n.text) as text_length, n.created_at,
      (select count(*) from (select from notes n where ${condition} limit ${countedAtMost.rows}) as counted) as total
    from notes n
    where ${condition}
    order by n.id desc
    limit $3`;

/** A goal's notes and its tasks', newest first. `total` counts all of them, up to a bound. */
export const listNotesOfGoal = defineStatement({
  name: 'list_notes_of_goal',
  params: { workspaceId: 'int8', textLimit: 'int4', limit: 'int8', goalId: 'text' },
  columns,
  text: select('n.workspace_id = $1 and n.goal_id = $4'),
});

/** A task's notes, newest first. */
export const listNotesOfTask = defineStatement({
  name: 'list_notes_of_task',
  params: { workspaceId: 'int8', textLimit: 'int4', limit: 'int8', taskId: 'text' },
  columns,
  text: select('n.workspace_id = $1 and n.task_id = $4'),
});
