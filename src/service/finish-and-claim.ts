import { v7 as uuidv7 } from 'uuid';
import { step } from '../store/database.ts';
import { finishAndClaim as finishAndClaimFunction } from '../store/functions/finish-and-claim.ts';
import { type Call, change as changeBy } from './call.ts';
import { afterClaim, type ClaimedTask, type ClaimRow, claimBounds } from './claims.ts';
import {
  goneSince,
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
 * @throws GoalAgentError as setTaskStatus does; nothing is claimed then.
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
  let operation = '';
  const { changed, rows } = await changeBy(
    call,
    (own) => {
      operation = own.operation;
      return { changed: step(finishAndClaimFunction.call, { ...own, ...params }), rows: lookAt(call, change) };
    },
    { rows: 2, otherIds: [leasesOperation] },
  );
  const gone = await goneSince(call, operation, { taskIds: [change.taskId], rows: rows.length });
  const set = setTask(change, { ...outcomeOf(changed[0]), rows, gone });
  // a row with an ID has all of the columns of a claim
  const claimed = changed.filter(({ id }) => id !== null) as unknown as ClaimRow[];
  const [next] = await afterClaim(call, claimed);
  return { ...set, next };
}
