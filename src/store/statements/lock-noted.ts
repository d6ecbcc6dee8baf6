import { defineStatement } from '../statement.ts';

// What gets a note stays where it is until the note is written: a task does not move to another goal, and neither is deleted.

export const lockNotedTask = defineStatement({
  name: 'lock_noted_task',
  params: { workspaceId: 'int8', taskId: 'text' },
  columns: { goal_id: 'text' },
  text: `
    select t.goal_id
    from tasks t
    where t.workspace_id = $1 and t.id = $2
    for share`,
});

export const lockNotedGoal = defineStatement({
  name: 'lock_noted_goal',
  params: { workspaceId: 'int8', goalId: 'text' },
  columns: { goal_id: 'text' },
  text: `
    select g.id as goal_id
    from goals g
    where g.workspace_id = $1 and g.id = $2
    for share`,
});
