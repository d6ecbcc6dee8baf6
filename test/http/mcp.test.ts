import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { EXTENSION_ID, RESOURCE_MIME_TYPE } from '@modelcontextprotocol/ext-apps/server';
import { expect, onTestFinished, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aServer, eras, modernRevision } from '../support/server-process.ts';
import { aService, aServiceForTest } from '../support/service-process.ts';

const database = await aDatabase();
const service = await aService({ database });

test.each(eras)('a client of the %s era has the tools, resources and prompts of stdio', async (era) => {
  const over = await service.mcpClient(era);
  const { client: stdio } = await aServer({ database, era });
  expect((await over.listTools()).tools).toEqual((await stdio.listTools()).tools);
  expect((await over.listPrompts()).prompts).toEqual((await stdio.listPrompts()).prompts);
  const templates = await over.listResourceTemplates();
  expect(templates.resourceTemplates).toEqual((await stdio.listResourceTemplates()).resourceTemplates);
});

test.each(eras)(
  'a %s client that shows pages is told of the board, in a session that no process keeps',
  async (era) => {
    const other = await aServiceForTest({ database, home: service.home });
    const aHost = async (settings: { mimeTypes?: string[] }) => {
      const mode = era === 'modern' ? { pin: modernRevision } : era;
      const capabilities = { extensions: { [EXTENSION_ID]: settings } };
      const client = new Client({ name: 'host', version: '1' }, { capabilities, versionNegotiation: { mode } });
      // any service answers each request
      let turn = 0;
      const transport = new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`), {
        requestInit: { headers: { authorization: `Bearer ${service.localToken}` } },
        fetch: (url, init) => fetch(String(url).replace(service.url, [service, other][turn++ % 2]?.url ?? ''), init),
      });
      onTestFinished(() => client.close());
      await client.connect(transport);
      return { client, session: transport.sessionId };
    };
    const host = await aHost({ mimeTypes: [RESOURCE_MIME_TYPE] });
    const plain = await aHost({});
    const { tools } = await host.client.listTools();
    const shown = tools.filter(({ _meta }) => _meta !== undefined).map(({ name }) => name);
    expect(shown.sort()).toEqual(['generate_execution_plan', 'get_briefing', 'get_goal']);
    expect((await plain.client.listTools()).tools).toEqual(tools.map(({ _meta: _, ...tool }) => tool));
    expect([typeof host.session, plain.session]).toEqual([era === 'legacy' ? 'string' : 'undefined', undefined]);
    await host.client.callTool({ name: 'get_briefing', arguments: {} });
  },
);

test.each(eras)('a goal of a %s client is there for all others', async (era) => {
  const client = await service.mcpClient(era);
  const made = await client.callTool({ name: 'create_goal', arguments: { description: `Over HTTP, ${era}` } });
  const { id } = made.structuredContent as { id: string };
  const page = await client.readResource({ uri: `goal://${id}` });
  expect(JSON.stringify(page)).toContain(`Over HTTP, ${era}`);
  const { body } = await service.request('GET', `/api/v1/goals/${id}`);
  expect(body.description).toBe(`Over HTTP, ${era}`);
});

test.each(eras)('a %s client gets numbers that a double cannot hold to the digit', async (era) => {
  const created = await service.request('POST', '/api/v1/goals', {
    body: '{"description":"Exact","metadata":{"id":1234567890123456789}}',
  });
  const headers = {
    accept: 'application/json, text/event-stream',
    ...(era === 'modern' && {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'get_goal',
    }),
  };
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = {
    name: 'get_goal',
    arguments: { goal_id: created.body.id },
    ...(era === 'modern' && { _meta: envelope }),
  };
  const { text } = await service.request('POST', '/mcp', {
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
    headers,
  });
  expect(text).toContain('"id":1234567890123456789');
  expect(text).not.toContain('number 123');
});

test('history names the agent that a caller says it is, and its program otherwise', async () => {
  const named = await service.mcpClient('modern', { 'x-agent-name': 'planner' });
  await named.callTool({ name: 'create_goal', arguments: { description: 'By the planner' } });
  const plain = await service.mcpClient('modern');
  await plain.callTool({ name: 'create_goal', arguments: { description: 'By a tester' } });
  const { body } = await service.request('GET', '/api/v1/history?limit=2');
  expect(JSON.stringify(body.events)).toMatch(/tester GOAL-\d+ created.*planner GOAL-\d+ created/);
});

test('an error of a tool is a result, as on stdio', async () => {
  const client = await service.mcpClient('modern');
  const answer = await client.callTool({ name: 'get_goal', arguments: { goal_id: 'GOAL-99999' } });
  expect(answer).toMatchObject({ isError: true });
});

test.each(eras)('a %s client that calls a tool of 10,000 characters reads a short line', async (era) => {
  const name = 'x'.repeat(10_000);
  const client = await service.mcpClient(era);
  const refused = client.callTool({ name, arguments: {} });
  await expect(refused).rejects.toThrow(/^.{10,1000}$/);
});

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

test.each([
  ['broken JSON', '{"jsonrpc":"2.0","id":1,', json, 400, -32700, 'not JSON'],
  ['nothing', '', json, 400, -32700, 'Parse error'],
  ['bytes that are not UTF-8', Uint8Array.of(123, 34, 0xff, 34, 125), json, 400, -32700, 'not UTF-8'],
  ['another type', '{}', { ...json, 'content-type': 'text/plain' }, 415, -32000, 'application/json'],
  ['a body over the limit', ' '.repeat(17 * 1024 * 1024), json, 413, -32000, '16 MiB'],
] as const)('%s is answered as JSON-RPC does', async (_what, body, headers, status, code, words) => {
  const authorization = `Bearer ${service.localToken}`;
  const answer = await fetch(`${service.url}/mcp`, { method: 'POST', headers: { ...headers, authorization }, body });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/json');
  const message = expect.stringContaining(words);
  expect(await answer.json()).toEqual({ jsonrpc: '2.0', error: { code, message }, id: null });
});
