import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A tool as OpenAI's APIs name it; a namespace has tools of its own. */
interface OfferedTool {
  name?: string;
  function?: { name: string };
  tools?: OfferedTool[];
}

/** A model behind OpenAI's APIs, for clients that need one to start. */
export interface StubModel {
  /** For what clients call the base URL. */
  url: string;
  /** Names of the tools that clients have offered it, those of a namespace too. */
  offered: string[];
}

/** A model that answers everything with "done", until the end of the test. */
export async function aStubModel(): Promise<StubModel> {
  const offered: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { tools = [] }: { tools?: OfferedTool[] } = body === '' ? {} : JSON.parse(body);
    offered.push(...tools.flatMap(namesOf));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (request.url?.endsWith('/responses')) answerResponses(response);
    else answerChat(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, offered };
}

function namesOf({ name, function: called, tools = [] }: OfferedTool): string[] {
  return [called?.name ?? name ?? '', ...tools.flatMap(namesOf)];
}

/** https://platform.openai.com/docs/api-reference/chat-streaming */
function answerChat(response: ServerResponse): void {
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }];
  const answer = { id: '1', object: 'chat.completion.chunk', created: 1, model: 'stub', choices };
  response.end(`data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`);
}

/** https://platform.openai.com/docs/api-reference/responses-streaming */
function answerResponses(response: ServerResponse): void {
  const content = [{ type: 'output_text', text: 'done', annotations: [] }];
  const item = { type: 'message', id: '2', role: 'assistant', status: 'completed', content };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const send = (type: string, fields: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  send('response.created', { response: { id: '1', object: 'response', status: 'in_progress', output: [] } });
  send('response.output_item.done', { output_index: 0, item });
  send('response.completed', {
    response: { id: '1', object: 'response', status: 'completed', output: [item], usage },
  });
  response.end();
}
