import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { EvalCase, ToolAnswer, ToolCall } from './case.ts';
import { worlds } from './worlds.ts';

/** A service that runs, with the right to make workspaces in it. */
export interface Service {
  url: string;
  localToken: string;
}

/** A store in which a case happens, with what its agent sees of the server. */
export interface World {
  /** @throws Error with the words of the tool, where it refuses. */
  run(call: ToolCall): Promise<ToolAnswer>;
  client: Client;
  close(): Promise<void>;
}

let made = 0;

/** A workspace of the case's own, in which its set-up calls have been made. The agent is `claude`. */
export async function openWorld(
  service: Service,
  { world, before = [] }: Pick<EvalCase, 'world' | 'before'>,
): Promise<World> {
  made += 1;
  const { secret } = await post(service, 'workspaces', { name: `eval-${made}`, admin_token: 'claude' });
  const client = await connect(service, secret);
  const calls = [...worlds[world], ...before];
  const builder = calls.some((each) => each.as === 'builder')
    ? await connect(
        service,
        (await post({ ...service, localToken: secret }, 'tokens', { name: 'builder', role: 'writer' })).secret,
      )
    : undefined;
  for (const { as, ...each } of calls) await run(as === undefined ? client : (builder ?? client), each);
  await builder?.close();
  return { client, run: (each) => run(client, each), close: () => client.close() };
}

async function connect({ url }: Service, token: string): Promise<Client> {
  const client = new Client({ name: 'eval', version: '0' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  return client;
}

async function run(client: Client, { tool, input }: ToolCall): Promise<ToolAnswer> {
  const { isError, content, structuredContent } = await client.callTool({ name: tool, arguments: input });
  if (!isError) return (structuredContent ?? {}) as ToolAnswer;
  throw new Error(`${tool}: ${content.map((part) => (part.type === 'text' ? part.text : '')).join('')}`);
}

async function post({ url, localToken }: Service, what: string, body: object): Promise<{ secret: string }> {
  const response = await fetch(`${url}/api/v1/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${localToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
  return (await response.json()) as { secret: string };
}
