import { v7 as uuidv7 } from 'uuid';
import { step } from '../store/database.ts';
import { finishAndClaim as finishAndClaimFunction } from '../store/functions/finish-and-claim.ts';
import type { Call } from './call.ts';
import { afterClaim, type ClaimedTask, type ClaimRow, claimBounds } from './claims.ts';
import {
  changeAndLook,
  lookAt,
  outcomeOf,
  type SetTask,
  type StatusChange,
  setTask,
  statusParams,
} from './set-task-statuses.ts';

/**
 * Sets the status of a task and claims the next ready task of its goal for the call's actor: both or neither, and one
 * operation. `next` is undefined where nothing of the goal is ready.
 *
 * @throws GoalAgentError as setTaskStatus does. Nothing is claimed then, unless the words say so.
 */
export async function finishAndClaim(
  call: Call,
  { leaseSeconds, ...change }: StatusChange & { leaseSeconds: number },
): Promise<SetTask & { next: ClaimedTask | undefined }> {
  const leasesOperation = uuidv7();
  const params = {
    ...statusParams(call, [change]),
    ...claimBounds,
    taskId: change.taskId,
    leaseSeconds,
    leasesOperation,
  };
  const { changed, ...seen } = await changeAndLook(
    call,
    {
      taskIds: [change.taskId],
      change: (own) => step(finishAndClaimFunction.call, { ...own, ...params }),
      look: lookAt(call, change),
    },
    { rows: 2, otherIds: [leasesOperation] },
  );
  // a row with an ID has all of the columns of a claim
  const claimed = changed.filter(({ id }) => id !== null) as unknown as ClaimRow[];
  const [next] = await afterClaim(call, claimed);
  return { ...setTask(change, { ...outcomeOf(changed[0]), ...seen }, next), next };
}
