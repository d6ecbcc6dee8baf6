import {
  isJSONRPCErrorResponse,
  type JSONRPCMessage,
  type McpServer,
  ProtocolErrorCode,
  type Transport,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { oneLine } from '../domain/stored-text.ts';

/** What the SDK's checker has against the params of a request. */
const Issues = z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })).min(1);

/** At most this many things are said to be wrong at once. */
const shownProblems = 3;

/**
 * Refuses params that do not have the form of MCP in words. The SDK answers with the whole list of its checker as the
 * text, and mostly as an internal error, although the fault is the caller's.
 */
export function refuseParamsInWords(server: McpServer): void {
  const connect = server.connect.bind(server);
  server.connect = (transport: Transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(inWords(message), options);
    return connect(transport);
  };
}

function inWords(message: JSONRPCMessage): JSONRPCMessage {
  if (!isJSONRPCErrorResponse(message)) return message;
  const problems = problemsIn(message.error.message);
  if (problems === undefined) return message;
  const text = `Goal Agent cannot take this request: ${problems.join('; ')}.`;
  return { ...message, error: { code: ProtocolErrorCode.InvalidParams, message: text } };
}

/** What is wrong, where the text is the checker's list; the SDK writes words before some. */
function problemsIn(text: string): string[] | undefined {
  const list = /^(?:Invalid tools\/call request: )?(\[\s*\{.*\}\s*\])$/s.exec(text)?.[1];
  if (list === undefined) return undefined;
  const { data } = Issues.safeParse(parsed(list));
  // keys are the caller's, of any length
  return data
    ?.slice(0, shownProblems)
    .map(({ path, message }) => `${oneLine(path.join('.'), 100)}: ${oneLine(message, 200)}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
