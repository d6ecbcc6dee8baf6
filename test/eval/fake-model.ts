import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ToolCall } from '../../bench/eval/case.ts';
import { afterFile } from '../support/after-file.ts';

/** What was asked, as the server of a model gets it. */
export interface Asked {
  path: string | undefined;
  headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: a body of either API, looked at by the test that asked
  body: any;
}

/**
 * The server of a model, in both forms of the API: it does what it is told for each task, once it has refused its first
 * requests with these. Call it at the file's top.
 */
export async function aFakeModel(
  firstCall: (says: string) => ToolCall | undefined,
  refusals: { status: number; headers?: Record<string, string> }[],
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    asked.push({ path: request.url, headers: request.headers, body });
    const refusal = refusals.shift();
    if (refusal !== undefined) {
      response.writeHead(refusal.status, refusal.headers).end('{"error": "not now"}');
      return;
    }
    const called = firstCall(body.messages.at(-1).content);
    const answer = request.url?.endsWith('/v1/messages') ? asMessage(called) : asCompletion(called);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  afterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function asMessage(called: ToolCall | undefined) {
  const words = { type: 'text', text: 'Let me see.' };
  const use = called && { type: 'tool_use', id: 'toolu_1', name: called.tool, input: called.input };
  return { role: 'assistant', content: use === undefined ? [words] : [words, use] };
}

function asCompletion(called: ToolCall | undefined) {
  const call = called && { name: called.tool, arguments: JSON.stringify(called.input) };
  const tool_calls = call && [{ id: 'call_1', type: 'function', function: call }];
  return { choices: [{ message: { role: 'assistant', content: 'Let me see.', ...(tool_calls && { tool_calls }) } }] };
}
