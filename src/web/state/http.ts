import { signal } from '@preact/signals';
import { texts } from '../texts.ts';

/** An answer that is no success, with the words of the service. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** The rest of the answer: for 412 the row as it is now. */
  readonly more: Record<string, unknown>;

  constructor(status: number, { code, detail, ...more }: Record<string, unknown>) {
    super(typeof detail === 'string' ? detail : texts.unknownError);
    this.status = status;
    this.code = String(code ?? '');
    this.more = more;
  }
}

/** Whether the session is over, so that the page asks to sign in. */
export const signedOut = signal(false);

interface Sent {
  body?: unknown;
  /** The revision of the row that the change is held to. */
  revision?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What the service answers to a request. @throws Refusal */
export async function request<T>(method: string, path: string, { body, revision, signal }: Sent = {}): Promise<T> {
  const isRead = method === 'GET';
  const headers: Record<string, string> = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(!isRead && { 'x-goal-agent': 'board', 'idempotency-key': crypto.randomUUID() }),
    ...(revision !== undefined && { 'if-match': `"${revision}"` }),
  };
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refusal(0, { code: 'offline', detail: texts.offlineError });
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const answer: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  if (response.ok) return answer as T;
  if (response.status === 401 && path !== '/session') signedOut.value = true;
  throw new Refusal(response.status, (answer ?? {}) as Record<string, unknown>);
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, { signal });

/** What an error says to a person. */
export function wordsOf(error: unknown): string {
  return error instanceof Refusal ? error.message : texts.unknownError;
}
