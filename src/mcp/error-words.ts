import {
  isJSONRPCErrorResponse,
  type JSONRPCMessage,
  type McpServer,
  ProtocolErrorCode,
  type Transport,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { oneLine, visible } from '../domain/stored-text.ts';

/** What the SDK's checker has against the params of a request. */
const Issues = z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })).min(1);

/** At most this many things are said to be wrong at once. */
const shownProblems = 3;
/** A longer text has its start and its end only, so long each. */
const longestText = 1_000;
const shownText = 300;

/**
 * Makes the errors of a server short words. The SDK refuses params that do not have the form of MCP with the whole list of its
 * checker, mostly as an internal error, although the fault is the caller's. It repeats the name of a tool or the URI of a
 * page that it does not know, of any length and with whatever is in it.
 */
export function tellErrorsInWords(server: McpServer): void {
  const connect = server.connect.bind(server);
  server.connect = (transport: Transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(inWords(message), options);
    return connect(transport);
  };
}

function inWords(message: JSONRPCMessage): JSONRPCMessage {
  if (!isJSONRPCErrorResponse(message)) return message;
  const { code, message: text, data } = message.error;
  const problems = problemsIn(text);
  const error =
    problems === undefined
      ? { code, message: shortText(text), ...(isShort(data) && { data }) }
      : {
          code: ProtocolErrorCode.InvalidParams,
          message: `Goal Agent cannot take this request: ${problems.join('; ')}.`,
        };
  return { ...message, error };
}

function shortText(text: string): string {
  if (text.length <= longestText) return visible(text);
  return `${oneLine(text, shownText)} ${visible(text.slice(-shownText).replace(/^[\uDC00-\uDFFF]/, ''))}`;
}

/** What a client sent comes back in the data, too. */
function isShort(data: unknown): boolean {
  return data !== undefined && JSON.stringify(data).length <= longestText;
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
