import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, GoalAgentError } from '../domain/errors.ts';
import { errorMessage } from '../tools/define/run-tool.ts';

const statuses: Record<ErrorCode, ContentfulStatusCode> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  changed: 412,
  unavailable: 503,
  // the change may have been saved: a repeat with the same Idempotency-Key is safe, and any other repeat is not
  unknown_outcome: 502,
  cancelled: 504,
  configuration: 500,
};

const titles: Partial<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed since',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Outcome unknown',
  503: 'Unavailable',
  504: 'Cancelled',
};

export interface Problem {
  status: number;
  /** A word for programs, which stays the same from version to version. */
  code: string;
  /** For the caller: what, which, what next. */
  detail: string;
  headers?: Record<string, string>;
  /** More members of the answer. */
  more?: Record<string, unknown>;
}

/** An answer by RFC 9457. */
export function problemResponse({ status, code, detail, headers = {}, more = {} }: Problem): Response {
  const title = titles[status] ?? 'Error';
  const body = { type: `urn:goal-agent:problem:${code}`, title, status, code, detail, ...more };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

/** An error of a tool in the words that the tool's other callers read. */
export function problemOf(error: unknown): Problem {
  const detail = errorMessage(error);
  if (!(error instanceof GoalAgentError)) return { status: 500, code: 'internal', detail };
  const headers = error.code === 'unavailable' ? { 'retry-after': '1' } : {};
  return { status: statuses[error.code], code: error.code, detail, headers };
}
