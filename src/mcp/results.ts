import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { GoalAgentError } from '../domain/errors.ts';
import { writeJson } from '../domain/json-text.ts';
import { visible, visibleJson } from '../domain/stored-text.ts';

/** The same answer twice: some clients show the model `structuredContent`, others `content`. */
export function toolResult(answer: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: visibleJson(writeJson(answer)) }], structuredContent: answer };
}

/** What a caller is told of an error. Anything but GoalAgentError is a defect, whose text may hold what it should not. */
function errorMessage(error: unknown): string {
  // a message may name what somebody stored
  if (error instanceof GoalAgentError) return visible(error.message);
  if (error instanceof Error && error.name === 'AbortError') return 'The call was cancelled.';
  return 'Something went wrong inside Goal Agent, and nothing is known to have been changed. The log of Goal Agent says more.';
}

export function toolError(error: unknown): CallToolResult {
  return { content: [{ type: 'text', text: errorMessage(error) }], isError: true };
}

/** For what is not a tool, and has no result that could say that it is an error. */
export function protocolError(error: unknown): ProtocolError {
  const isCallers = error instanceof GoalAgentError && (error.code === 'invalid' || error.code === 'not_found');
  return new ProtocolError(
    isCallers ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
    errorMessage(error),
  );
}
