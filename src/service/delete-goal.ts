import { isClosedGoal } from '../domain/closed-goal.ts';
import { type Run, step } from '../store/database.ts';
import { countSubGoals } from '../store/functions/count-sub-goals.ts';
import { moveReadyStartsBack } from '../store/functions/move-ready-starts.ts';
import type { Row } from '../store/statement.ts';
import {
  listClaimsOfGoals,
  recordDeletedGoals,
  recordDeletedTasks,
  releaseDependentsOfGoals,
} from '../store/statements/delete-goal.ts';
import { lockGoalsUpward } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { lockTasksOfGoals } from '../store/statements/lock-tasks.ts';
import { listSubtree } from '../store/statements/park-tasks.ts';
import { deleteGoals } from '../store/statements/undo-writes.ts';
import { type Call, goalNotFound, type Recording, transact } from './call.ts';

/** Who held a task, and until when. */
export interface TaskClaim {
  id: string;
  claimed_by: string;
  lease_expires_at: string;
}

/** What went with a goal: the IDs of its tasks and of those of the goals below it, these goals, and the claims that ran. */
export interface DeletedGoal {
  taskIds: string[];
  subGoalIds: string[];
  claims: TaskClaim[];
}

/** Deletes a goal, all goals below it, and their tasks. */
export async function deleteGoal(call: Call, goalId: string): Promise<DeletedGoal> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const { subtree } = await run({
      locked: step(lockGraphExclusive, { workspaceId }),
      subtree: step(listSubtree, { workspaceId, goalIds: [goalId] }),
    });
    const subGoalIds = subtree.map(({ id }) => id).filter((id) => id !== goalId);
    const goalIds = [goalId, ...subGoalIds];
    const { tasks, goals, claims } = await run({
      tasks: step(lockTasksOfGoals, { workspaceId, goalIds }),
      goals: step(lockGoalsUpward, { workspaceId, goalIds }),
      claims: step(listClaimsOfGoals, { workspaceId, goalIds }),
    });
    const goal = goals.find(({ id }) => id === goalId);
    if (goal === undefined) throw goalNotFound(goalId);
    const recorded = await record();
    const { dependents } = await run({
      goalEvents: step(recordDeletedGoals, { ...recorded, goalIds }),
      taskEvents: step(recordDeletedTasks, { ...recorded, goalIds }),
      dependents: step(releaseDependentsOfGoals, { workspaceId, goalIds }),
      deleted: step(deleteGoals, { workspaceId, goalIds }),
    });
    await countOnParent(run, recorded, goal);
    const freed = dependents.map(({ id }) => id);
    if (freed.length > 0) {
      await run({ starts: step(moveReadyStartsBack.call, { workspaceId, taskIds: freed, goalIds: [] }) });
    }
    const gone = new Set(goalIds);
    return { taskIds: tasks.filter((task) => gone.has(task.goal_id)).map((task) => task.id), subGoalIds, claims };
  });
}

/** Its parent has a sub-goal less, and nothing more to do if that was the last open one. */
async function countOnParent(run: Run, recorded: Recording, goal: Row<typeof lockGoalsUpward>): Promise<void> {
  if (goal.parent_goal_id === null) return;
  await run({
    counted: step(countSubGoals.call, {
      ...recorded,
      goalIds: [goal.parent_goal_id],
      totals: [-1],
      opened: [isClosedGoal(goal.status) ? 0 : -1],
      restarts: [false],
    }),
  });
}
