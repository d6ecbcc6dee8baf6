import { request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });

interface Asked {
  method: string;
  path: string;
  accept: string;
  body?: string;
}

/** An answer to a request that asks the service to end the connection behind it. */
function ask({ method, path, accept, body }: Asked): Promise<IncomingMessage> {
  const headers = {
    authorization: `Bearer ${service.localToken}`,
    accept,
    connection: 'close',
    ...(body !== undefined && { 'content-type': 'application/json', 'mcp-protocol-version': '2025-11-25' }),
  };
  return new Promise((resolve, reject) => {
    httpRequest(`${service.url}${path}`, { method, headers, agent: false }, resolve).on('error', reject).end(body);
  });
}

const call = (method: string, params = {}) => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
const accept = 'application/json, text/event-stream';

test.each<Asked>([
  { method: 'POST', path: '/mcp', accept, body: call('tools/call', { name: 'list_goals', arguments: {} }) },
  { method: 'POST', path: '/mcp', accept, body: call('ping') },
  { method: 'POST', path: '/mcp', accept, body: call('nothing/such') },
  { method: 'POST', path: '/mcp', accept, body: '{"jsonrpc"' },
  { method: 'GET', path: '/api/v1/goals', accept: '*/*' },
  { method: 'GET', path: '/api/v1/changes?since=x', accept: 'text/event-stream' },
])('a client that asks for the end of the connection has it with its answer: $method $path $body', async (asked) => {
  const response = await ask(asked);
  response.resume();
  expect(response.headers.connection).toBe('close');
  // not before the service closes it, which an idle connection would wait for longer than a test
  await new Promise((resolve) => response.socket.once('close', resolve));
});

test('a stream of changes does not promise to keep a connection that is asked to end', async () => {
  const response = await ask({ method: 'GET', path: '/api/v1/changes', accept: 'text/event-stream' });
  expect(response.headers.connection).toBe('close');
  response.destroy();
});
