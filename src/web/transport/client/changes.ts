import { loaded } from '../../goal/store.ts';
import type { ToldEvent } from '../../parts/line.tsx';
import { connected, isConnected, type SeenChange, tellOfChanges, tellOfLoss } from '../../state/feed.ts';
import { listEvents } from './history.ts';

// A host has no stream of changes for the page: it asks for the last events of the history, while somebody sees it.

const everyMs = 4_000;
const lookedAt = 50;
let timer: ReturnType<typeof setTimeout> | undefined;
let isFollowing = false;
let isInSight = true;
let looking: Promise<void> | undefined;
/** The events that the last look found. */
let known: ReadonlySet<number> | undefined;

export function followChanges(): void {
  if (isFollowing) return;
  isFollowing = true;
  document.addEventListener('visibilitychange', lookIfSeen);
  // a conversation scrolls the page out of sight
  new IntersectionObserver(([entry]) => {
    isInSight = entry?.isIntersecting ?? true;
    lookIfSeen();
  }).observe(document.documentElement);
}

export function stopFollowing(): void {
  isFollowing = false;
  clearTimeout(timer);
}

function lookIfSeen(): void {
  if (isSeen()) lookNow();
}

const isSeen = () => isFollowing && isInSight && !document.hidden;

/** Looks at once: something may have happened. */
export function lookNow(): void {
  clearTimeout(timer);
  if (!isFollowing) return;
  // what happened after a look began is seen by the next one
  looking = (looking ?? Promise.resolve()).then(look).then(() => {
    clearTimeout(timer);
    if (isSeen()) timer = setTimeout(lookNow, everyMs);
  });
}

async function look(): Promise<void> {
  try {
    const { events } = await listEvents({}, { limit: lookedAt });
    connected();
    const before = known;
    known = new Set(events.map(({ seq }) => seq));
    const fresh = events.filter(({ seq }) => before?.has(seq) === false);
    // the page may have been read before the first look; and there may be more than a look shows
    if (before === undefined || (before.size > 0 && fresh.length === events.length && fresh.length > 0)) tellOfLoss();
    else if (fresh.length > 0) tellOfChanges(fresh.reverse().map(changeOf));
  } catch {
    isConnected.value = false;
  }
}

function changeOf({ task_id, goal_id, actor }: ToldEvent): SeenChange {
  const now = loaded.value;
  // a task of another goal that this one waits for
  const isOutside = now !== undefined && task_id !== null && task_id in now.outside;
  const goalIds = [...(goal_id === null ? [] : [goal_id]), ...(isOutside ? [now.goal.id] : [])];
  return {
    kind: task_id === null ? 'goal' : 'task',
    id: task_id ?? goal_id ?? '',
    task_id,
    goal_ids: goalIds,
    changed: [],
    after: null,
    operation: { actor },
  };
}
