import { Priority } from '../../domain/priority.ts';
import { TaskStatus } from '../../domain/task-status.ts';
import { wordMeant } from '../../domain/words.ts';
import type { ForeignTask, Told } from './plan.ts';

/** Words of other tools for what has a word of ours. */
const meanings: Readonly<Record<string, string>> = {
  to_do: 'pending',
  not_started: 'pending',
  unstarted: 'pending',
  triage: 'pending',
  backlog: 'pending',
  draft: 'pending',
  hooked: 'in_progress',
  wip: 'in_progress',
  review: 'in_progress',
  in_review: 'in_progress',
  testing: 'in_progress',
  qa: 'in_progress',
  closed: 'completed',
  resolved: 'completed',
  merged: 'completed',
  deleted: 'cancelled',
  tombstone: 'cancelled',
  archived: 'cancelled',
  wontfix: 'cancelled',
  "won't_do": 'cancelled',
  wont_do: 'cancelled',
  duplicate: 'cancelled',
  waiting: 'blocked',
  icebox: 'deferred',
  pinned: 'deferred',
  recurring: 'deferred',
};

/** What another tool calls a status, in our words; a word that is not known becomes `pending`, and is told. */
export function statusOf(raw: string | undefined): Pick<ForeignTask, 'status' | 'kept' | 'told'> {
  if (raw === undefined) return { status: 'pending', kept: [], told: [] };
  const key = raw
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
  const meaning = Object.hasOwn(meanings, key) ? meanings[key] : undefined;
  const status = wordMeant(TaskStatus, meaning ?? raw);
  if (status === undefined) return { status: 'pending', kept: [], told: [unknown(raw)] };
  // a word that is more than another word for ours is kept beside it
  const isLoss = meaning !== undefined && !['completed', 'pending'].includes(status);
  return { status, kept: isLoss ? [`status: ${raw}`] : [], told: [] };
}

function unknown(raw: string): Told {
  return {
    kind: 'unknown_status',
    field: 'status',
    message: `status was ${JSON.stringify(raw)}; it is now pending`,
    verbatim: raw,
  };
}

/** A priority that has no word of ours. */
export function unknownPriority(priority: string | undefined): string[] {
  return priority === undefined || wordMeant(Priority, priority) !== undefined ? [] : [`priority: ${priority}`];
}
