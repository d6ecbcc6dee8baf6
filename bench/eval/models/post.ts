import { setTimeout as sleep } from 'node:timers/promises';

const attempts = 6;
const firstPauseMs = 1_000;

/**
 * Posts JSON, and asks again when the other side is too busy (429), in trouble (5xx) or cannot be reached: after as long as it
 * says, or after twice the time each time.
 * @throws Error with the answer, where it is another one, or the last.
 */
export async function post(url: string, headers: Record<string, string>, body: object): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryPost(url, headers, body);
    if (outcome.answer !== undefined) return outcome.answer;
    if (!outcome.mayRepeat || attempt === attempts) throw new Error(`${url}: ${outcome.reason}`);
    await sleep(outcome.pauseMs ?? firstPauseMs * 2 ** (attempt - 1));
  }
}

interface Outcome {
  answer?: unknown;
  reason?: string;
  mayRepeat?: boolean;
  pauseMs?: number;
}

async function tryPost(url: string, headers: Record<string, string>, body: object): Promise<Outcome> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(120_000),
    });
    if (response.ok) return { answer: await response.json() };
    const reason = `${response.status} ${(await response.text()).slice(0, 300)}`;
    const pause = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      reason,
      mayRepeat: response.status === 429 || response.status >= 500,
      ...(Number.isFinite(pause) && { pauseMs: pause * 1_000 }),
    };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), mayRepeat: true };
  }
}
