import { isUtf8 } from 'node:buffer';
import { GoalAgentError } from '../domain/errors.ts';
import { readJson } from '../domain/json-text.ts';

/** Bytes of a body. `break_down_goal` takes a thousand subtasks of 10,000 characters. */
export const mostBodyBytes = 16 * 1024 * 1024;

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
