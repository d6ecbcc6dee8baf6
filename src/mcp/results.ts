import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { GoalAgentError } from '../domain/errors.ts';
import { answerJson } from '../domain/stored-text.ts';
import { errorMessage } from '../tools/define/run-tool.ts';

/** The same answer twice: some clients show the model `structuredContent`, others `content`. */
export function toolResult(answer: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: answerJson(answer) }], structuredContent: answer };
}

export function toolError(error: unknown): CallToolResult {
  return { content: [{ type: 'text', text: errorMessage(error) }], isError: true };
}

/** For what is not a tool, and has no result that could say that it is an error. */
export function protocolError(error: unknown): ProtocolError {
  const isCallers = error instanceof GoalAgentError && ['invalid', 'not_found', 'forbidden'].includes(error.code);
  return new ProtocolError(
    isCallers ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
    errorMessage(error),
  );
}
