import { followGoalLabels, followGoalRepos } from './statements/goal-entries.ts';
import { step } from './steps.ts';

/** Goals may have a new status or priority: what they are listed by follows. */
export function followGoals(workspaceId: number, goalIds: string[]) {
  return {
    goalRepos: step(followGoalRepos, { workspaceId, goalIds }),
    goalLabels: step(followGoalLabels, { workspaceId, goalIds }),
  };
}
