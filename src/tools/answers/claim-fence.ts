import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { longestName, named } from '../../domain/stored-text.ts';

/** The number that claim_tasks gave with a task: whoever has it is the holder, under whatever name. */
export const Fence = z.number().int().min(0);

/** @throws GoalAgentError `invalid`: a fence is one task's. */
export function refuseFenceOfMany(tool: string, taskIds: string[] | undefined, fence: number | undefined): void {
  if (fence === undefined || taskIds?.length === 1) return;
  throw new GoalAgentError('invalid', `${tool}: a fence belongs to one task; name that task alone in task_ids.`);
}

/** Why a task cannot be had by this fence; the one that it has is told to nobody who does not hold it. */
export function notTheFence(
  task: { fence: number; status: string; claimed_by: string | null },
  fence: number | undefined,
): string | undefined {
  if (fence === undefined || fence === task.fence) return undefined;
  const now = task.claimed_by === null ? task.status : `claimed by ${named(task.claimed_by, longestName)}`;
  return `fence ${fence} is not that of its last claim; it is ${now}`;
}
