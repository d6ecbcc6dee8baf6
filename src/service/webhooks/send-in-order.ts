import type { Change } from '../../domain/change.ts';
import type { Outcome } from './sender.ts';

/** Goals whose changes are sent at the same time. */
const mostGoalsAtOnce = 4;

interface Way {
  send: (change: Change) => Promise<Outcome>;
  taken: (change: Change) => void;
  /** Nothing more is begun once it is aborted. */
  signal: AbortSignal;
}

/**
 * Sends changes, those of one goal one after the other, in their order. After the first that is not taken nothing more is
 * begun; gives back what became of that one, or undefined when none was refused.
 */
export async function sendInOrder(
  changes: readonly Change[],
  { send, taken, signal }: Way,
): Promise<Outcome | undefined> {
  const queue = byGoal(changes);
  let refused: Outcome | undefined;
  const work = async () => {
    for (let goal = queue.shift(); goal !== undefined; goal = queue.shift()) {
      for (const change of goal) {
        if (refused !== undefined || signal.aborted) return;
        const outcome = await send(change);
        if (outcome.isTaken) taken(change);
        else refused ??= outcome;
      }
    }
  };
  await Promise.all(Array.from({ length: mostGoalsAtOnce }, work));
  return refused;
}

function byGoal(changes: readonly Change[]): Change[][] {
  const goals = new Map<string, Change[]>();
  for (const change of changes) {
    const goal = goals.get(change.goal_id);
    if (goal === undefined) goals.set(change.goal_id, [change]);
    else goal.push(change);
  }
  return [...goals.values()];
}
