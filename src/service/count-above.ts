import { isClosedGoal } from '../domain/closed-goal.ts';
import { type Run, step } from '../store/database.ts';
import { countSubGoals } from '../store/functions/count-sub-goals.ts';
import type { Row } from '../store/statement.ts';
import type { lockGoals } from '../store/statements/lock-goals.ts';
import type { Recording } from './call.ts';

/** Goals before and after a change of their tasks, and those of them that got open tasks. */
interface Moved {
  before: Row<typeof lockGoals>[];
  after: Row<typeof lockGoals>[];
  takenUp: readonly string[];
}

/**
 * What closed or opened counts for its parent, and what is above a goal that got open tasks opens with it. Gives back the
 * goals above whose status that moved.
 */
export async function countAbove(
  run: Run,
  recorded: Recording,
  { before, after, takenUp }: Moved,
): Promise<{ id: string; status: string }[]> {
  const wasOpen = new Map(before.map(({ id, status }) => [id, openCount(status)]));
  const counts = after.flatMap(({ id, status, parent_goal_id: parent }) =>
    parent === null
      ? []
      : [{ parent, opened: openCount(status) - (wasOpen.get(id) ?? 0), restarts: takenUp.includes(id) }],
  );
  if (!counts.some(({ opened, restarts }) => opened !== 0 || restarts)) return [];
  const { counted } = await run({
    counted: step(countSubGoals.call, {
      ...recorded,
      goalIds: counts.map(({ parent }) => parent),
      totals: counts.map(() => 0),
      opened: counts.map(({ opened }) => opened),
      restarts: counts.map(({ restarts }) => restarts),
    }),
  });
  const { completed = [], reopened = [] } = counted[0] ?? {};
  return [
    ...completed.map((id) => ({ id, status: 'completed' })),
    ...reopened.map((id) => ({ id, status: 'in_progress' })),
  ];
}

function openCount(status: string): number {
  return isClosedGoal(status) ? 0 : 1;
}
