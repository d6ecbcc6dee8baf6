import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { HttpEnv } from '../parts.ts';
import { problemResponse } from '../problem.ts';

/** Requests that one principal may send in a window, to one replica. */
export interface Rates {
  requests: number;
  windowSeconds: number;
}

/** Refuses a principal who sends more than its share. Whoever has the database itself is not counted. */
export function limitRates({ requests, windowSeconds }: Rates): MiddlewareHandler<HttpEnv> {
  const limiter = new RateLimiterMemory({ points: requests, duration: windowSeconds });
  return async (context, next) => {
    const principal = context.get('principal');
    if (principal === undefined) return next();
    try {
      await limiter.consume(principal.tokenId);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return tooMany(refusal, `${principal.name} sent more than ${requests} requests in ${windowSeconds} s; wait.`);
    }
    return next();
  };
}

/** Failed attempts of one address in a minute, past which its next ones are not looked at. */
const failuresAMinute = 60;

/** Refuses an address from which one wrong token after the other comes. */
export function limitGuesses(addressOf: (env: unknown) => string | undefined): MiddlewareHandler<HttpEnv> {
  const limiter = new RateLimiterMemory({ points: failuresAMinute, duration: 60 });
  return async (context, next) => {
    const address = addressOf(context.env) ?? 'unknown';
    const before = await limiter.get(address);
    if (before !== null && before.remainingPoints <= 0) {
      return tooMany(before, 'Too many requests with a wrong token came from this address; wait.');
    }
    await next();
    if (context.res.status === 401) await limiter.consume(address).catch(() => {});
    return;
  };
}

function tooMany({ msBeforeNext }: RateLimiterRes, detail: string): Response {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return problemResponse({ status: 429, code: 'too_many_requests', detail, headers: { 'retry-after': `${seconds}` } });
}
