import { isClosedTask } from '../closed-task.ts';
import type { Image } from '../event.ts';
import type { GoalEvent } from './goals.ts';
import { isOfNote, type PastEvent } from './rows.ts';

/** The weight of a task, or of a goal in its parent, in the counts of the goal that an image has it in. */
function weight({ goal_id, task_id }: PastEvent, image: Image | null, sign: 1 | -1) {
  if (image === null || typeof image.status !== 'string') return undefined;
  const goalId = task_id === null ? image.parent_goal_id : (image.goal_id ?? goal_id);
  // one status is closed for goals as for tasks
  return { goalId: String(goalId), total: sign, open: isClosedTask(image.status) ? 0 : sign };
}

/**
 * The goals' own events. The first event of each goal that is taken back has the amounts by which the other operations
 * that are taken back had moved the goal's counts until then.
 */
export function withMovedCounts(
  goalEvents: readonly Omit<GoalEvent, 'moved_total' | 'moved_open'>[],
  past: readonly PastEvent[],
): GoalEvent[] {
  const operations = new Set(past.map((event) => event.operation));
  const seen = new Set<string>();
  return goalEvents.map((event) => {
    if (!operations.has(event.operation) || seen.has(event.id)) return { ...event, moved_total: 0, moved_open: 0 };
    seen.add(event.id);
    const weights = past
      .filter((each) => each.seq < event.seq && each.operation !== event.operation)
      .filter((each) => !isOfNote(each.action))
      .flatMap((each) => [weight(each, each.before, -1), weight(each, each.after, 1)])
      .filter((each) => each?.goalId === event.id);
    return {
      ...event,
      moved_total: weights.reduce((sum, each) => sum + (each?.total ?? 0), 0),
      moved_open: weights.reduce((sum, each) => sum + (each?.open ?? 0), 0),
    };
  });
}
