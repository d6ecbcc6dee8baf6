import { isUtf8 } from 'node:buffer';
import type { HonoRequest } from 'hono';
import { GoalAgentError } from '../domain/errors.ts';
import { readJson } from '../domain/json-text.ts';

/** Bytes of a body. `break_down_goal` takes a thousand subtasks of 10,000 characters. */
export const mostBodyBytes = 16 * 1024 * 1024;

/**
 * The bytes of a request's body.
 * @throws GoalAgentError `cancelled` where the client goes away while it sends them
 */
export async function readBody(request: HonoRequest): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch (error) {
    throw brokenOff(error);
  }
}

export function brokenOff(cause: unknown): GoalAgentError {
  const message = 'The connection ended before the whole body came; nothing was changed. Send the request again.';
  return new GoalAgentError('cancelled', message, { cause });
}

/**
 * The value of a JSON body, with the numbers that a double cannot hold kept exactly; undefined for an empty one.
 * @throws GoalAgentError `invalid`
 */
export function readJsonBody(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new GoalAgentError('invalid', 'The body is not UTF-8.');
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') return undefined;
  try {
    return readJson(text);
  } catch {
    throw new GoalAgentError('invalid', 'The body is not JSON.');
  }
}
