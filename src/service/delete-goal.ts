import { step } from '../store/database.ts';
import { moveReadyStartsBack } from '../store/functions/move-ready-starts.ts';
import {
  listClaimsOfGoal,
  recordDeletedGoal,
  recordDeletedTasks,
  releaseDependentsOfGoal,
} from '../store/statements/delete-goal.ts';
import { lockGoals } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { lockTasksOfGoals } from '../store/statements/lock-tasks.ts';
import { deleteGoals } from '../store/statements/undo-writes.ts';
import { type Call, goalNotFound, transact } from './call.ts';

/** Who held a task, and until when. */
export interface TaskClaim {
  id: string;
  claimed_by: string;
  lease_expires_at: string;
}

/** Deletes a goal and its tasks; the IDs of the tasks that went with it, and the claims on them that ran. */
export async function deleteGoal(call: Call, goalId: string): Promise<{ taskIds: string[]; claims: TaskClaim[] }> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const { tasks, goals, claims } = await run({
      locked: step(lockGraphExclusive, { workspaceId }),
      tasks: step(lockTasksOfGoals, { workspaceId, goalIds: [goalId] }),
      goals: step(lockGoals, { workspaceId, goalIds: [goalId] }),
      claims: step(listClaimsOfGoal, { workspaceId, goalId }),
    });
    if (goals.length === 0) throw goalNotFound(goalId);
    const recorded = { ...(await record()), goalId };
    const { dependents } = await run({
      goalEvent: step(recordDeletedGoal, recorded),
      taskEvents: step(recordDeletedTasks, recorded),
      dependents: step(releaseDependentsOfGoal, { workspaceId, goalId }),
      deleted: step(deleteGoals, { workspaceId, goalIds: [goalId] }),
    });
    const freed = dependents.map(({ id }) => id);
    if (freed.length > 0) {
      await run({ starts: step(moveReadyStartsBack.call, { workspaceId, taskIds: freed, goalIds: [] }) });
    }
    return { taskIds: tasks.filter((task) => task.goal_id === goalId).map((task) => task.id), claims };
  });
}
