import {
  type AuthInfo,
  createMcpHandler,
  type McpHttpHandler,
  type McpServerFactory,
} from '@modelcontextprotocol/server';
import type { Context } from 'hono';
import { GoalAgentError } from '../domain/errors.ts';
import { exactJsonText } from '../domain/json-text.ts';
import type { Principal } from '../domain/principal.ts';
import { sessionFor } from '../mcp/board-app.ts';
import { ResourceEvents } from '../mcp/resource-events.ts';
import { type CallerFacts, serverFactory } from '../mcp/server.ts';
import { bodyProblem } from './body-problem.ts';
import { mostBodyBytes, readBody, readJsonBody } from './json-body.ts';
import type { HttpEnv, ServiceParts } from './parts.ts';
import { problemOf } from './problem.ts';
import { keysOf, WaitingCalls } from './waiting-calls.ts';

export interface McpEndpoint {
  handle(context: Context<HttpEnv>): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Streamable HTTP for both eras of the protocol. No request needs what an earlier one left in this process.
 * @param newServer makes the server that answers one request
 */
export function mcpEndpoint(parts: ServiceParts, newServer: McpServerFactory = serverFactory(parts)): McpEndpoint {
  /** One for each workspace: its subscribers hear of its own resources alone. */
  const handlers = new Map<number | undefined, { handler: McpHttpHandler; events: ResourceEvents }>();
  const handlerOf = (principal: Principal | undefined) => {
    const known = handlers.get(principal?.workspaceId);
    if (known !== undefined) return known;
    const events = new ResourceEvents(() => parts.openCall({ principal }));
    const handler = createMcpHandler(newServer, {
      bus: events,
      maxRequestBodySize: mostBodyBytes,
      onerror: (error) => parts.noticeProtocolError(error),
    });
    const made = { handler, events };
    handlers.set(principal?.workspaceId, made);
    return made;
  };
  const waitingCalls = new WaitingCalls();
  return {
    async handle(context) {
      const { raw } = context.req;
      const { handler, events } = handlerOf(context.get('principal'));
      if (raw.method !== 'POST') return handler.fetch(raw, { authInfo: authInfoOf(context) });
      const body = await readBody(context.req);
      const { parsedBody, problem } = parse(body);
      if (problem !== undefined) {
        parts.noticeProtocolError(problem);
        return bodyProblem(context, problemOf(problem));
      }
      const { url, method, headers, signal } = raw;
      // the body is read by now, and the SDK looks at the request for its headers
      const request = new Request(url, { method, headers, body, signal });
      const keys = keysOf(context, parsedBody);
      if (keys.takenBack !== undefined) waitingCalls.takeBack(keys.takenBack);
      const waiting = keys.waits === undefined ? undefined : waitingCalls.begin(keys.waits);
      signal.addEventListener('abort', () => waiting?.end(), { once: true });
      const authInfo = authInfoOf(context, waiting?.over);
      const answer = () => handler.fetch(request, { authInfo, ...(parsedBody !== undefined && { parsedBody }) });
      const answered = await (isSubscription(parsedBody) ? events.following(answer) : answer());
      const response = await exactly(answered, waiting?.end);
      const session = response.ok ? sessionFor(parsedBody) : undefined;
      if (session !== undefined) response.headers.set('mcp-session-id', session);
      return response;
    },
    async close() {
      await waitingCalls.ended();
      await Promise.all([...handlers.values()].map(({ handler }) => handler.close()));
    },
  };
}

/** The value of a body, or what is wrong with it. */
function parse(body: Uint8Array<ArrayBuffer>): { parsedBody?: unknown; problem?: GoalAgentError } {
  try {
    return { parsedBody: readJsonBody(body) };
  } catch (error) {
    if (error instanceof GoalAgentError) return { problem: error };
    throw error;
  }
}

function isSubscription(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen';
}

/** What the tools need of a request, on its way through the SDK. The token itself stays outside. */
function authInfoOf(context: Context<HttpEnv>, over?: AbortSignal): AuthInfo {
  const principal = context.get('principal');
  const extra: CallerFacts = { principal, agent: context.get('agent'), program: context.get('program'), over };
  return { token: '', clientId: principal?.name ?? 'local', scopes: [], extra: { ...extra } };
}

/** The same answer with the numbers that a double cannot hold written exactly; `end` is told when it is whole. */
async function exactly(response: Response, end = () => {}): Promise<Response> {
  const { body, status, headers: given } = response;
  const headers = new Headers(given);
  headers.delete('content-length');
  // the SDK keeps a connection open that its client asked to end; Node does as the client says
  headers.delete('connection');
  const isStream = headers.get('content-type')?.startsWith('text/event-stream');
  if (body !== null && isStream) return new Response(exactStream(body, end), { status, headers });
  try {
    return body === null ? response : new Response(exactJsonText(await response.text()), { status, headers });
  } finally {
    end();
  }
}

/** Each message of a stream is one chunk. */
function exactStream(body: ReadableStream<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
  const exact = new TransformStream<string, string>({
    transform: (text, controller) => controller.enqueue(exactJsonText(text)),
    flush: end,
  });
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(exact).pipeThrough(new TextEncoderStream());
}
