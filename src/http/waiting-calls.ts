import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import type { HttpEnv } from './parts.ts';

/** Answers that are on their way when the service stops may take so long. */
const graceMs = 5_000;

interface WaitingCall {
  over: AbortController;
  ended: Promise<void>;
}

/**
 * The calls over /mcp that wait. The older revisions take a call back in a request of its own, and over HTTP nothing says
 * whose call that is but the call's ID, the caller's name, and the session that most clients name. So such a call is not broken off: its wait is over, and it
 * is answered with nothing. A client that took back nothing, and has a namesake that did, asks again.
 */
export class WaitingCalls {
  readonly #calls = new Map<string, Set<WaitingCall>>();

  /** Notes a call, until `end` is called; `over` ends its wait. */
  begin(key: string): { over: AbortSignal; end: () => void } {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const call = { over: new AbortController(), ended };
    const calls = this.#calls.get(key) ?? new Set();
    this.#calls.set(key, calls.add(call));
    void ended.then(() => {
      calls.delete(call);
      if (calls.size === 0) this.#calls.delete(key);
    });
    return { over: call.over.signal, end };
  }

  /** The caller took the call back. */
  takeBack(key: string): void {
    for (const { over } of this.#calls.get(key) ?? []) over.abort();
  }

  /** Waits until those whose wait is over by now have their answers. */
  async ended(): Promise<void> {
    const open = [...this.#calls.values()].flatMap((calls) => [...calls]);
    await Promise.race([Promise.all(open.map(({ ended }) => ended)), sleep(graceMs, undefined, { ref: false })]);
  }
}

interface Message {
  id?: unknown;
  method?: unknown;
  params?: { requestId?: unknown; arguments?: { wait_seconds?: unknown } };
}

/** The key of a call that may wait, or of the call that a message takes back. */
export function keysOf(context: Context<HttpEnv>, message: unknown): { waits?: string; takenBack?: string } {
  if (typeof message !== 'object' || message === null) return {};
  const { id, method, params } = message as Message;
  const keyOf = (call: unknown) =>
    JSON.stringify([
      context.req.header('mcp-session-id') ?? null,
      context.get('principal')?.tokenId ?? null,
      context.get('agent') ?? null,
      context.get('program') ?? null,
      call,
    ]);
  if (method === 'tools/call' && params?.arguments?.wait_seconds !== undefined) return { waits: keyOf(id) };
  if (method === 'notifications/cancelled') return { takenBack: keyOf(params?.requestId) };
  return {};
}
