import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { expect } from 'vitest';

/** How a call ended, and when it ran. */
export type Outcome<T> = { startedAt: number; endedAt: number } & (
  | { value: T; error?: undefined }
  | { value?: undefined; error: unknown }
);

/** Which of two came first, as far as the store is concerned. */
export type Winner = 'left' | 'right';

export interface Tally {
  left: number;
  right: number;
  /** Rounds in which both were under way at some moment. */
  overlapped: number;
}

const stepMs = 0.25;

/**
 * Starts two calls at nearly the same moment, once for each case, and counts who won. Whoever won starts a little later in
 * the next round, so that the two stay where either may win, on a machine of any speed: that is where they meet most.
 */
export async function race<Case, L, R>(
  cases: Case[],
  {
    left,
    right,
    judge,
  }: {
    left: (each: Case) => Promise<L>;
    right: (each: Case) => Promise<R>;
    /** Says who won, after it has looked at what both were told. */
    judge: (each: Case, left: Outcome<L>, right: Outcome<R>) => Winner | Promise<Winner>;
  },
): Promise<Tally> {
  const tally: Tally = { left: 0, right: 0, overlapped: 0 };
  let leftDelayMs = 0;
  for (const each of cases) {
    const start = performance.now();
    const delayMs = leftDelayMs + (Math.random() - 0.5) * stepMs;
    const [first, second] = await Promise.all([
      runAt(start + Math.max(0, delayMs), () => left(each)),
      runAt(start + Math.max(0, -delayMs), () => right(each)),
    ]);
    const winner = await judge(each, first, second);
    tally[winner] += 1;
    if (first.startedAt < second.endedAt && second.startedAt < first.endedAt) tally.overlapped += 1;
    leftDelayMs += winner === 'left' ? stepMs : -stepMs;
  }
  return tally;
}

async function runAt<T>(time: number, work: () => Promise<T>): Promise<Outcome<T>> {
  // a timer is too coarse
  while (performance.now() < time) await nextTurn();
  const startedAt = performance.now();
  try {
    const value = await work();
    return { value, startedAt, endedAt: performance.now() };
  } catch (error) {
    return { error, startedAt, endedAt: performance.now() };
  }
}

/** Who loses a race is told one of these reasons; nothing else may go wrong, a deadlock least of all. How each ended. */
export async function settled(reasons: string[], work: Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    expect(reasons).toContain(outcome.reason.code);
    expect(outcome.reason.message).not.toContain('Others keep changing');
  }
  return outcomes.map((outcome) => outcome.status);
}

/** Deadlocks that this database has had. */
export async function deadlocks(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query('select deadlocks::int4 from pg_stat_database where datname = current_database()');
  return rows[0].deadlocks;
}
