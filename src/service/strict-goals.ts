import { type Criterion, nameCriteria, unmetOf } from '../domain/criteria.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { Goal } from '../domain/goal.ts';
import { step } from '../store/database.ts';
import { listUnmet } from '../store/statements/list-unmet.ts';
import { type Call, read } from './call.ts';
import { requirePerson } from './caller.ts';

/** @throws GoalAgentError `forbidden` for an agent: it may make a goal strict, and only a person takes that back. */
export function refuseNoLongerStrict(call: Call, { id, strict }: Goal): void {
  if (strict) requirePerson(call, `take strict away from ${id}`);
}

/** Of how many tasks a refusal names the criteria. */
const namedTasks = 3;

/** Why a strict goal is not completed: the first open tasks that have criteria left to meet. */
export async function strictRefusal(call: Call, goalId: string): Promise<GoalAgentError> {
  const { workspaceId } = call.store;
  const { rows } = await read(call, { rows: step(listUnmet, { workspaceId, goalId, limit: namedTasks }) });
  // the column's own type
  const unmet = rows.map(({ id, criteria }) => `${id}: ${nameCriteria(unmetOf(criteria as unknown as Criterion[]))}`);
  return new GoalAgentError(
    'conflict',
    `${goalId} is not completed, since it is strict and open tasks of it have criteria that are not met: ${unmet.join('; ')}. Meet them, or cancel the tasks that will not be done.`,
  );
}
