import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryable } from './failures.ts';
import { isLost } from './lost-connection.ts';

export interface Failure {
  error: unknown;
  /** 1 for the first. */
  attempt: number;
  /** From when it had its connection. */
  tookMs: number;
}

/** Runs `once` until it succeeds, or `judge` throws. `once` says when it has a connection: the wait for it does not count. */
export async function repeatedly<T>(
  once: (hasBegun: () => void) => Promise<T>,
  judge: (failure: Failure) => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let start = performance.now();
    const hasBegun = () => {
      start = performance.now();
    };
    try {
      return await once(hasBegun);
    } catch (error) {
      await judge({ error, attempt, tookMs: performance.now() - start });
    }
  }
}

/**
 * A connection that died while it was idle is seen only when it is used, and where one died all may have: so there are
 * as many tries as there may be connections. But a server that kept silent for long will do so again.
 */
export function isLostQuickly(
  { error, attempt, tookMs }: Failure,
  { poolSize, maxOverflow, timeoutMs }: { poolSize: number; maxOverflow: number; timeoutMs: number },
): boolean {
  return isLost(error) && attempt <= poolSize + maxOverflow && tookMs < Math.min(1000, timeoutMs / 2);
}

const attemptsOnConflict = 4;

/** After a deadlock or serialization failure: waits a moment, then it may be tried again; throws `cause` when it may not. */
export async function waitForConflict({ error, attempt }: Failure, cause: unknown): Promise<void> {
  if (!isRetryable(error) || attempt >= attemptsOnConflict) throw cause;
  await sleep(attempt * 5 + Math.random() * 20);
}
