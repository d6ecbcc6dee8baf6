import { answerJson } from '../domain/stored-text.ts';

/** An answer that is true at this moment alone. */
export function jsonAnswer(value: unknown, status = 200): Response {
  return new Response(answerJson(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
