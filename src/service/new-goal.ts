import type { NewGoal } from '../domain/goal.ts';
import { goalIdOf } from '../domain/ids.ts';
import { wordsOf } from '../store/write-words.ts';

/** A new goal that has its number, as create_goal of the schema takes it: with its words. */
export function newGoalRow(workspaceId: number, number: number, goal: NewGoal) {
  const {
    description,
    priority,
    repos,
    labels = [],
    due_at = null,
    strict = false,
    parent_goal_id = null,
    metadata,
  } = goal;
  return {
    ...{ id: goalIdOf(number), number, description, priority, repos, labels, strict, metadata },
    dueAt: due_at,
    parentGoalId: parent_goal_id,
    ...wordsOf({ workspaceId, number }, { description, repo: repos }),
  };
}
