import { Refusal, type Sent, signedOut, type Transport } from '../state/request.ts';
import { texts } from '../texts.ts';
import { followChanges, stopFollowing } from './service-changes.ts';

/** The service that the page came from. */
export const service: Transport = { request: ask, follow: followChanges, stopFollowing };

async function ask(method: string, path: string, { body, held, signal }: Sent): Promise<unknown> {
  const isRead = method === 'GET';
  const headers: Record<string, string> = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(!isRead && { 'x-goal-agent': 'board', 'idempotency-key': crypto.randomUUID() }),
    ...(held !== undefined && { 'if-match': `"${held.revision}"` }),
  };
  const { response, text } = await answerTo(`/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const answer: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  if (response.ok) return answer;
  if (response.status === 401 && path !== '/session') signedOut.value = true;
  throw new Refusal(response.status, (answer ?? {}) as Record<string, unknown>);
}

/** The whole answer: a service that goes away in the middle of one has not answered. @throws Refusal */
async function answerTo(address: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(address, init);
    return { response, text: await response.text() };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refusal(0, { code: 'offline', detail: texts.offlineError });
  }
}
