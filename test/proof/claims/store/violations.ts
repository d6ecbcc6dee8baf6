/** What a claimer was told by the store. */
export interface Acknowledged {
  kind: 'claimed' | 'completed' | 'refused';
  task: string;
  fence: number;
  agent: string;
  ms?: number;
}

/** What the store's history says of one task, each change of it in the order in which the changes were made. */
export interface Change {
  action: string;
  actor: string;
  at: Date;
  status: string;
  claimedBy: string | null;
  leaseEndsAt: Date | null;
  fence: number;
}

/**
 * The ways in which a history is not that of exclusive claims, in words; none when all is well:
 * - no task has two holders at once: a claim comes only after the one before it was ended, by its holder, or by the
 *   clock, and then not before its time;
 * - fences grow with each claim;
 * - each task is completed exactly once, by the holder of its last claim;
 * - whatever was acknowledged is in the history.
 */
export function violations(histories: Map<string, Change[]>, acknowledged: Acknowledged[]): string[] {
  const found = [...histories].flatMap(([task, changes]) => [...holders(task, changes), ...completions(task, changes)]);
  return [...found, ...acknowledged.flatMap((each) => forgotten(each, histories.get(each.task) ?? []))];
}

function holders(task: string, changes: Change[]): string[] {
  const found: string[] = [];
  let held: Change | undefined;
  let fence = 0;
  for (const change of changes) {
    if (change.action === 'claimed') {
      if (held !== undefined) found.push(`${task} was claimed by ${change.actor} while ${held.claimedBy} held it`);
      if (change.fence <= fence) found.push(`${task} was claimed under fence ${change.fence} after ${fence}`);
      fence = change.fence;
      held = change;
      continue;
    }
    if (held !== undefined && change.claimedBy === null) {
      if (change.action === 'lease_ended' && change.at < (held.leaseEndsAt ?? change.at)) {
        found.push(`${task}'s lease was ended before its time`);
      }
      if (change.action !== 'lease_ended' && change.actor !== held.claimedBy) {
        found.push(`${task} was taken from ${held.claimedBy} by ${change.actor}`);
      }
      held = undefined;
    }
  }
  return found;
}

function completions(task: string, changes: Change[]): string[] {
  const completed = changes.filter((change) => change.action === 'updated' && change.status === 'completed');
  if (completed.length === 0) return [`${task} was lost`];
  if (completed.length > 1) return [`${task} was completed ${completed.length} times`];
  const last = changes.filter((change) => change.action === 'claimed').at(-1);
  return last?.actor === completed[0]?.actor ? [] : [`${task} was completed by one who was not its last holder`];
}

function forgotten({ kind, task, fence, agent }: Acknowledged, changes: Change[]): string[] {
  if (kind === 'refused') return [];
  const there = changes.some(
    (change) =>
      change.actor === agent &&
      change.fence === fence &&
      (kind === 'claimed' ? change.action === 'claimed' : change.status === 'completed'),
  );
  return there ? [] : [`${agent} was told that ${task} was ${kind} under fence ${fence}, and the history has it not`];
}
