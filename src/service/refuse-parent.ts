import { isLaidAside } from '../domain/closed-goal.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { describeCycle } from '../domain/graph/describe-cycle.ts';
import { limits } from '../domain/limits.ts';
import { type Run, step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { countLevelsBelow, listGoalsAbove } from '../store/statements/list-goals-above.ts';
import { lockGoalsUpward } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { goalNotFound } from './call.ts';

// Why a goal cannot have a parent: looked at inside the transaction that would give it, under the exclusive graph lock.

/** A parent to be, and the goal that is to come under it; that is left out for a new goal. */
interface Kinship {
  workspaceId: number;
  goalId?: string;
  parentId: string;
}

/**
 * Lets a transaction give a goal this parent: locks what that changes, and looks whether it may.
 * @throws what refuseParent throws.
 */
export async function lockParent(run: Run, kinship: Kinship): Promise<void> {
  const { workspaceId, goalId, parentId } = kinship;
  await run({
    graph: step(lockGraphExclusive, { workspaceId }),
    locked: step(lockGoalsUpward, { workspaceId, goalIds: [parentId, ...(goalId === undefined ? [] : [goalId])] }),
  });
  await refuseParent(run, kinship);
}

/** A goal and what is above it, the goal first. */
type Above = Pick<Row<typeof listGoalsAbove>, 'id' | 'status'>[];

/**
 * @throws GoalAgentError `not_found` for a parent that does not exist; `invalid` for a cycle, which it names, and for too
 *   many levels; `conflict` for a parent that is cancelled or archived, or below one that is.
 */
export async function refuseParent(run: Run, { workspaceId, goalId, parentId }: Kinship): Promise<void> {
  const { above, below } = await run({
    above: step(listGoalsAbove, { workspaceId, goalIds: [parentId] }),
    below: goalId === undefined ? undefined : step(countLevelsBelow, { workspaceId, goalIds: [goalId] }),
  });
  if (above.length === 0) throw goalNotFound(parentId);
  if (goalId !== undefined) refuseCycle(goalId, above);
  refuseLaidAside(above, goalId === undefined ? 'no goal was made under it' : `${goalId} was not moved under it`);
  const levels = above.length + (below?.[0]?.levels ?? 1);
  if (levels > limits.goalLevels) {
    throw new GoalAgentError(
      'invalid',
      `Goals have at most ${limits.goalLevels} levels: under ${parentId}, ${goalId ?? 'the new goal'} would come to ${levels}. Choose a goal that is higher up.`,
    );
  }
}

function refuseCycle(goalId: string, above: Above): void {
  const at = above.findIndex(({ id }) => id === goalId);
  if (at === -1) return;
  const cycle = [goalId, ...above.slice(0, at + 1).map(({ id }) => id)];
  throw new GoalAgentError(
    'invalid',
    `${goalId} was not changed: it would be a part of itself: ${describeCycle(cycle)}. Move one of these goals out first, or choose another parent.`,
  );
}

/** @throws GoalAgentError `conflict` for a goal that is cancelled or archived, or below one that is. */
export function refuseLaidAside(above: Above, consequence: string): void {
  const [goal] = above;
  const aside = above.find(({ status }) => isLaidAside(status));
  if (goal === undefined || aside === undefined) return;
  const where =
    aside === goal ? `${goal.id} is ${aside.status}` : `${goal.id} is under ${aside.id}, which is ${aside.status}`;
  throw new GoalAgentError(
    'conflict',
    `${where}, so ${consequence}. Set ${aside === goal ? 'its status' : `the status of ${aside.id}`} to in_progress with update_goal first, or use another goal.`,
  );
}
