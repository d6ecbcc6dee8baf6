import { defineStatement } from '../statement.ts';
import { deletedTaskLabels, followedTaskLabels, insertedGoalLabels, insertedTaskLabels } from './label-pieces.ts';
import { deletedGoalEntries } from './sql.ts';

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

/** After any number of tasks changed. */
export const followTaskLabels = defineStatement({
  name: 'follow_task_labels',
  params: { workspaceId: 'int8' },
  columns: {},
  text: followedTaskLabels(),
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
