import { defineStatement } from '../statement.ts';
import { deletedGoalEntries, followedGoalEntries, insertedGoalRepos } from './sql.ts';

// What goals are listed by where a repository or a label is asked for: each of these beside the goal's status and priority. A
// change of one of these in `goals` is followed by one of these statements, or one of labels.ts, in the same transaction.

const params = { workspaceId: 'int8', goalIds: 'text[]' } as const;

export const followGoalRepos = defineStatement({
  name: 'follow_goal_repos',
  params,
  columns: {},
  text: followedGoalEntries('goal_repos', '$2::text[]'),
});

export const followGoalLabels = defineStatement({
  name: 'follow_goal_labels',
  params,
  columns: {},
  text: followedGoalEntries('goal_labels', '$2::text[]'),
});

export const deleteGoalRepos = defineStatement({
  name: 'delete_goal_repos',
  params,
  columns: {},
  text: deletedGoalEntries('goal_repos', '$2::text[]'),
});

export const insertGoalRepos = defineStatement({
  name: 'insert_goal_repos',
  params,
  columns: {},
  text: insertedGoalRepos('$2::text[]'),
});
