import { defineStatement } from '../statement.ts';
import { deletedTaskLabels, insertedGoalLabels, insertedTaskLabels } from './label-pieces.ts';
import { deletedGoalEntries, isReady } from './sql.ts';

const ofTasks = { workspaceId: 'int8', taskIds: 'text[]' } as const;
const ofGoals = { workspaceId: 'int8', goalIds: 'text[]' } as const;

export const insertTaskLabels = defineStatement({
  name: 'insert_task_labels',
  params: ofTasks,
  columns: {},
  text: insertedTaskLabels('$2::text[]'),
});

export const deleteTaskLabels = defineStatement({
  name: 'delete_task_labels',
  params: ofTasks,
  columns: {},
  text: deletedTaskLabels('$2::text[]'),
});

/** After any number of tasks changed: those of a label are listed and claimed as they are. */
export const relistTaskLabels = defineStatement({
  name: 'relist_task_labels',
  params: { workspaceId: 'int8' },
  columns: {},
  text: `
    update task_labels l
    set status = t.status, priority = t.priority, ready = ${isReady('t')}
    from tasks t
    where l.workspace_id = $1 and t.workspace_id = $1 and t.id = l.task_id
      and ((l.status, l.priority) is distinct from (t.status, t.priority) or not l.ready and ${isReady('t')})`,
});

export const insertGoalLabels = defineStatement({
  name: 'insert_goal_labels',
  params: ofGoals,
  columns: {},
  text: insertedGoalLabels('$2::text[]'),
});

export const deleteGoalLabels = defineStatement({
  name: 'delete_goal_labels',
  params: ofGoals,
  columns: {},
  text: deletedGoalEntries('goal_labels', '$2::text[]'),
});
