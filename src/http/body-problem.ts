import type { Context } from 'hono';
import type { HttpEnv } from './parts.ts';
import { type Problem, problemResponse } from './problem.ts';

/** JSON-RPC 2.0: the body is no JSON. */
const parseError = -32700;
/** What JSON-RPC leaves to servers; the SDK uses it for the other refusals of a body. */
const serverError = -32000;

/**
 * Says what is wrong with a body, in the form of the face that it came to. At /mcp that is a response of JSON-RPC without
 * the ID of a request: nobody could read one.
 */
export function bodyProblem(context: Context<HttpEnv>, problem: Problem): Response {
  if (context.req.path !== '/mcp') return problemResponse(problem);
  const { status, code, detail: message } = problem;
  const error = { code: code === 'invalid' ? parseError : serverError, message };
  return Response.json(
    { jsonrpc: '2.0', error, id: null },
    { status, headers: { 'cache-control': 'no-store', ...problem.headers } },
  );
}
