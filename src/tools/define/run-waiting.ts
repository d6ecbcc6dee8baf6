import type { Call, PoolCall } from '../../service/call.ts';
import { answerOnce, type Request } from '../../service/requests.ts';
import { type Awaited, waitInLine } from '../../service/wait-line.ts';

/** How a tool waits for what it finds nothing of. */
export interface Waiting<I, A> {
  /** How long this call waits, and for what; undefined where it does not wait. */
  wait(input: I): { seconds: number; awaited: Awaited } | undefined;
  /** Calls of one scope want the same: what one of them does not find, the others do not find either. */
  scope(call: Call, input: I): string;
  /** Whether no wait would bring anything. */
  isInVain(call: Call, input: I): Promise<boolean>;
  /** Takes what is there; undefined where there is nothing. */
  attempt(call: Call, input: I): Promise<A | undefined>;
  /** What a call is told that got nothing. It takes nothing. */
  nothing(call: Call, input: I): Promise<A>;
  /** Gives back what was taken for a caller that is gone. */
  giveBack(call: Call, input: I, answer: A): Promise<void>;
}

/** What a call that does not wait is answered. */
export async function takeOnce<I, A>(waiting: Waiting<I, A>, call: Call, input: I): Promise<A> {
  return (await waiting.attempt(call, input)) ?? waiting.nothing(call, input);
}

interface WaitingCall<I, A> {
  waiting: Waiting<I, A>;
  wait: NonNullable<ReturnType<Waiting<I, A>['wait']>>;
  input: I;
  call: PoolCall;
  /** Of a call that may be repeated under its id. */
  request: Request | undefined;
  /** Ends the wait when the process stops. */
  stopping: AbortSignal | undefined;
  /** Told how long the call only waited. */
  waited(ms: number): void;
}

/**
 * Waits in line until the tool takes something. An attempt is not broken off for a caller that goes away, since it would
 * then be unknown what it took: it ends, and gives back what it took. A call with a request id takes it all the same,
 * because its caller asks again.
 */
export async function runWaiting<I, A extends Record<string, unknown>>(waitingCall: WaitingCall<I, A>): Promise<A> {
  const { waiting, wait, input, call, request, stopping, waited } = waitingCall;
  const { signal } = call;
  const caller = { ...call, signal: undefined };
  const take = async () => {
    const got = await (request === undefined
      ? waiting.attempt(caller, input)
      : attemptOnce({ waiting, input, call: caller, request }));
    if (got === undefined || request !== undefined || !signal?.aborted) return got;
    await waiting.giveBack(caller, input, got);
    return undefined;
  };
  const joinedAt = performance.now();
  let workedMs = 0;
  const attempt = async () => {
    const began = performance.now();
    try {
      return await take();
    } finally {
      const now = performance.now();
      workedMs += now - began;
      waited(now - joinedAt - workedMs);
    }
  };
  const isInVain = () => waiting.isInVain(call, input);
  const { seconds, awaited } = wait;
  const line = {
    store: call.store,
    awaited,
    scope: waiting.scope(call, input),
    waitMs: seconds * 1000,
    signal,
    stopping,
  };
  return (await waitInLine({ ...line, attempt, isInVain })) ?? waiting.nothing(call, input);
}

class NothingYet extends Error {}

/** An attempt that is a request: it leaves nothing of itself where it finds nothing. */
async function attemptOnce<I, A extends Record<string, unknown>>({
  waiting,
  input,
  call,
  request,
}: Pick<WaitingCall<I, A>, 'waiting' | 'input' | 'call'> & { request: Request }): Promise<A | undefined> {
  try {
    const answer = await answerOnce(call, request, async (within) => {
      const got = await waiting.attempt(within, input);
      if (got === undefined) throw new NothingYet();
      return got;
    });
    // kept as it was given before
    return answer as A;
  } catch (error) {
    if (error instanceof NothingYet) return undefined;
    throw error;
  }
}
