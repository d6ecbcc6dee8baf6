import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createToken } from '../../src/service/tokens.ts';
import { aDatabase, aStore } from '../support/database.ts';
import { anEventStream } from '../support/event-stream.ts';
import { freePort } from '../support/server-postgres.ts';
import { aService, connectClient } from '../support/service-process.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'].find(existsSync);

describe.skipIf(nginx === undefined)('behind nginx with the lines of deploy/nginx.conf', async () => {
  if (nginx === undefined) return;
  const database = await aDatabase();
  const service = await aService({ database, env: { GOAL_AGENT_PUBLIC_URL: 'https://goals.example.com' } });
  const store = await aStore(database);
  const { secret } = await createToken({ store, actor: 'tester' }, { name: 'proxied', role: 'writer' });
  const url = await aProxy(nginx, service.url);
  const headers = { authorization: `Bearer ${secret}` };

  test('a request is answered, and its Host counts', async () => {
    const response = await fetch(`${url}/api/v1/goals`, { headers });
    expect(response.status).toBe(200);
    const direct = await fetch(`${url}/health`);
    expect(direct.status).toBe(200);
  });

  test('server-sent events arrive as they are sent', async () => {
    const stream = await anEventStream({ url, localToken: secret });
    await stream.until(({ event }) => event === 'position');
    const made = await fetch(`${url}/api/v1/goals`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ description: 'Through a proxy' }),
    });
    const { id } = (await made.json()) as { id: string };
    const began = performance.now();
    await stream.until(({ data }) => data.includes(id));
    // far sooner than the next sign of life, with which a buffer would come at last
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('MCP clients call tools and hear of changes', async () => {
    const client = await connectClient(`${url}/mcp`, 'modern', headers);
    const { structuredContent } = await client.callTool({
      name: 'create_goal',
      arguments: { description: 'By MCP, through a proxy' },
    });
    const { id } = structuredContent as { id: string };
    const told = new Promise<string>((resolve) => {
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => resolve(params.uri));
    });
    await client.listen({ resourceSubscriptions: [`goal://${id}`] });
    await client.callTool({ name: 'add_note', arguments: { goal_id: id, text: 'news' } });
    expect(await told).toBe(`goal://${id}`);
    await client.close();
  });
});

/** nginx on a port of its own, before this service, until the end of the file. */
async function aProxy(program: string, target: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-nginx-'));
  const port = await freePort();
  const lines = readFileSync(path.join(import.meta.dirname, '../../deploy/nginx.conf'), 'utf8');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${folder}/${each};`,
  );
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${places.join(' ')}
  server {
    listen 127.0.0.1:${port};
    ${lines.replace('http://127.0.0.1:7432', target)}
  }
}
`,
  );
  const child = spawn(program, ['-c', file, '-p', folder, '-e', `${folder}/error.log`], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  afterAll(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  await untilItListens(port);
  return `http://127.0.0.1:${port}`;
}

async function untilItListens(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('nginx did not listen');
}
