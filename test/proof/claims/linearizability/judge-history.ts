import { type LockOperation, leaseLock } from './lease-lock.ts';
import { findUnexplained } from './linearize.ts';
import { linesOf, readHistory, type SeenByTask } from './read-history.ts';

export interface Judgement {
  lines: number;
  /** What clients asked of tasks, and were told or not. */
  operations: number;
  /** Claims that a client was told of. */
  claims: number;
  /** Ends of claims that came too late, and were refused. */
  refused: number;
  /** Operations that no client was told the outcome of. */
  unanswered: number;
  /** Each task whose operations no order explains, in words. */
  violations: string[];
}

const slackNs = 5e6;

/**
 * Whether what clients saw is that of tasks which each are a lock with leases and fences. It knows nothing of the store, nor
 * of what the store says of itself. Tasks are judged one by one: a set of objects is linearizable when each of them is
 * (Herlihy and Wing, 1990).
 */
export async function judgeHistory(file: string): Promise<Judgement> {
  return judge(await readHistory(linesOf(file)));
}

export function judge(seen: SeenByTask): Judgement {
  const all = [...seen.tasks.values()].flat();
  const gaps = [...seen.tasks].map(([task, operations]) => ({ task, operations, untold: untoldClaims(operations) }));
  const mostUntold = seen.unanswered.reduce((sum, { limit }) => sum + limit, 0);
  const violations = gaps.flatMap(({ task, operations, untold }) => {
    const found = findUnexplained([...operations, ...unansweredOf(seen, untold)], leaseLock(slackNs));
    return found === undefined ? [] : [`${task}: ${found.explained} explained, then ${describe(found.stuckAt)}`];
  });
  const untold = gaps.reduce((sum, gap) => sum + gap.untold, 0);
  if (untold > mostUntold + namedUnanswered(all)) violations.push(`${untold} claims were told to nobody`);
  return {
    lines: seen.lines,
    operations: all.length,
    claims: all.filter((operation) => fenceTold(operation) !== undefined).length,
    refused: all.filter((operation) => 'told' in operation && operation.told === 'refused').length,
    unanswered: all.filter(({ until }) => until === Infinity).length + seen.unanswered.length,
    violations,
  };
}

/** The fence of a new claim that a client was told of. */
function fenceTold(operation: LockOperation): number | undefined {
  if (operation.what === 'claim') return operation.told.fence;
  if (operation.what !== 'extend' || operation.told === 'refused') return undefined;
  return operation.told?.fence === operation.fence ? undefined : operation.told?.fence;
}

/** Fences below the highest that no client was told of: as many claims of this task were never answered. */
function untoldClaims(operations: LockOperation[]): number {
  const told = new Set(operations.flatMap((operation) => fenceTold(operation) ?? []));
  return Math.max(0, ...told) - told.size;
}

function namedUnanswered(operations: LockOperation[]): number {
  const mayHaveClaimed = (operation: LockOperation) =>
    operation.what === 'unanswered claim' || (operation.what === 'extend' && operation.told === undefined);
  return operations.filter(mayHaveClaimed).length;
}

/**
 * Of the claims of any task that were never answered those that may have taken this one: it is enough to try as many as
 * fences are missing, and one that came last, and of all of them the earliest.
 */
function unansweredOf({ unanswered }: SeenByTask, untold: number): LockOperation[] {
  return unanswered
    .slice(0, untold + 1)
    .map(({ process, from, lease }) => ({ what: 'unanswered claim', process, from, until: Infinity, lease }));
}

function describe(operations: LockOperation[]): string {
  return operations.map((operation) => JSON.stringify(operation)).join(' or ');
}
