import type { Model, Observed } from './linearize.ts';

/** A task as agents may rely on it: held under a fence until its lease ends, or free, or done for good. */
export interface LeaseLock {
  /** Of the last claim; 0 before the first. */
  fence: number;
  is: 'free' | 'held' | 'done';
  /** No claim by anybody else before. */
  leaseEnds: number;
  /** The earliest moment at which the operations so far can have happened. */
  now: number;
}

/** What a client asked of one task, and what it was told, if it was. Times are of the history's clock. */
export type LockOperation = Observed & { process: number } & (
    | { what: 'claim'; told: Held }
    // of the claim that was never answered only its length is known
    | { what: 'unanswered claim'; lease: number }
    | { what: 'extend'; fence: number; lease: number; told: Held | 'refused' | undefined }
    | { what: 'complete' | 'give back' | 'release'; fence: number; told: 'done' | 'refused' | undefined }
  );

/** A claim, as its holder was told of it. */
export interface Held {
  fence: number;
  leaseEnds: number;
}

/**
 * The sequential model of a task: a lock with leases and fences. A claim takes a task that is free, or whose lease has run
 * out, and has the next fence. The holder of the last claim may extend, complete and give back, in time or late;
 * a holder that came too late, since somebody else has claimed the task, is refused, and nobody else ever is.
 * `slack` is what the clocks of the store and of the clients may be apart.
 */
export function leaseLock(slack: number): Model<LeaseLock, LockOperation> {
  return {
    initial: { fence: 0, is: 'free', leaseEnds: 0, now: 0 },
    keyOf: ({ fence, is, leaseEnds, now }) => `${fence} ${is} ${leaseEnds} ${now}`,
    next(state, operation) {
      const now = Math.max(state.now, operation.from);
      return now > operation.until ? [] : follow({ ...state, now }, operation, slack);
    },
  };
}

function follow(state: LeaseLock, operation: LockOperation, slack: number): LeaseLock[] {
  switch (operation.what) {
    case 'claim':
      return claim(state, operation.told, operation.until, slack);
    case 'unanswered claim':
      return unansweredClaim(state, operation.lease, slack);
    case 'extend':
      return extend(state, operation, slack);
    default:
      return end(state, operation, slack);
  }
}

/** The task is taken as soon as that is possible: any later moment allows less. */
function claim(state: LeaseLock, told: Held, until: number, slack: number): LeaseLock[] {
  if (state.is === 'done' || told.fence !== state.fence + 1) return [];
  const now = freeFrom(state, slack);
  return now > until ? [] : [{ ...told, is: 'held', now }];
}

function unansweredClaim(state: LeaseLock, lease: number, slack: number): LeaseLock[] {
  const now = freeFrom(state, slack);
  return state.is === 'done' ? [] : [{ fence: state.fence + 1, is: 'held', leaseEnds: now + lease, now }];
}

function freeFrom({ is, leaseEnds, now }: LeaseLock, slack: number): number {
  return is === 'held' ? Math.max(now, leaseEnds - slack) : now;
}

/** A lease that has run out is not extended: the task is claimed anew, if nobody else has taken it. */
function extend(
  state: LeaseLock,
  { fence, lease, told, until }: Extract<LockOperation, { what: 'extend' }>,
  slack: number,
): LeaseLock[] {
  // a task that another claim looks at in this moment is passed over
  if (told === 'refused') return [state];
  if (state.fence !== fence) return [];
  const isInTime = state.is === 'held' && state.now <= state.leaseEnds + slack;
  if (told === undefined) {
    const longer = isInTime ? [{ ...state, leaseEnds: Math.max(state.leaseEnds, state.now + lease) }] : [];
    return [...longer, ...unansweredClaim(state, lease, slack)];
  }
  if (told.fence !== fence) return claim(state, told, until, slack);
  return isInTime && told.leaseEnds >= state.leaseEnds - slack ? [{ ...state, leaseEnds: told.leaseEnds }] : [];
}

/** Only a claim since then makes a holder late. */
function end(
  state: LeaseLock,
  { what, fence, told, until }: Extract<LockOperation, { what: 'complete' | 'give back' | 'release' }>,
  slack: number,
): LeaseLock[] {
  if (told === 'refused' && what !== 'release') return state.fence > fence ? [state] : [];
  const isHeld = state.fence === fence && state.is === 'held';
  if (told === 'refused') {
    // whoever looked first has ended a lease that ran out: there is nothing to release
    const now = isHeld ? freeFrom(state, slack) : state.now;
    return now > until ? [] : [{ ...state, now }];
  }
  const isTheirs = what === 'release' ? isHeld : state.fence === fence && state.is !== 'done';
  return isTheirs ? [{ ...state, is: what === 'complete' ? 'done' : 'free' }] : [];
}
