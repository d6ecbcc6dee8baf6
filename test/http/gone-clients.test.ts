import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aService } from '../support/service-process.ts';

const database = await aDatabase();
const sql = await aClient(database);
const service = await aService({ database });
const { request } = service;

const subtasks = Array.from({ length: 50 }, (_, n) => ({ description: `step ${n}` }));

async function aGoal(): Promise<string> {
  return (await request('POST', '/api/v1/goals', { body: { description: 'Watched' } })).body.id;
}

async function tasksOf(goal: string): Promise<number> {
  const { rows } = await sql.query('select count(*)::int as count from tasks where goal_id = $1', [goal]);
  return rows[0].count;
}

/** Waits until no call of the service is under way in the database. */
async function untilStill(): Promise<void> {
  const running = async () => {
    const { rows } = await sql.query(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    return rows[0].count;
  };
  await expect.poll(running, { timeout: 20_000 }).toBe(0);
}

test('a write whose client goes away is done whole or not at all, and its repeat is the same request', async () => {
  const goal = await aGoal();
  const rounds = 20;
  const ways = ['REST', 'MCP'] as const;
  for (let n = 0; n < rounds; n += 1) {
    const leaving = new AbortController();
    const args = { goal_id: goal, subtasks, request_id: `round ${n}` };
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'break_down_goal', arguments: args },
    };
    const call =
      ways[n % 2] === 'REST'
        ? request('POST', `/api/v1/goals/${goal}/tasks`, {
            body: { subtasks, request_id: args.request_id },
            signal: leaving.signal,
          })
        : request('POST', '/mcp', {
            body: message,
            headers: { accept: 'application/json, text/event-stream' },
            signal: leaving.signal,
          });
    setTimeout(() => leaving.abort(), n);
    await call.catch(() => {});
    await untilStill();
    expect((await tasksOf(goal)) % subtasks.length).toBe(0);
    const again = await request('POST', `/api/v1/goals/${goal}/tasks`, {
      body: { subtasks, request_id: args.request_id },
    });
    expect(again.status).toBe(201);
    expect(await tasksOf(goal)).toBe((n + 1) * subtasks.length);
  }
  expect(await brokenInvariants(sql)).toEqual({});
});

test('a request that breaks off in its body changes nothing, and ends nothing', async () => {
  const goal = await aGoal();
  const { hostname, port } = new URL(service.url);
  const body = JSON.stringify({ subtasks });
  const framings = [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'];
  const paths = [`/api/v1/goals/${goal}/tasks`, '/mcp', '/api/v1/session', '/api/v1/board/undo/agent'];
  for (const [path, framing] of paths.flatMap((each) => framings.map((how) => [each, how] as const))) {
    const socket = connect(Number(port), hostname);
    const head = [
      `POST ${path} HTTP/1.1`,
      ...['Host: localhost', 'Content-Type: application/json', `Authorization: Bearer ${service.localToken}`, framing],
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const half = body.slice(0, 200);
    const sent = framing.startsWith('Content') ? half : `${half.length.toString(16)}\r\n${half}\r\n`;
    await new Promise((resolve) => socket.write(sent, resolve));
    socket.destroy();
  }
  // later than all that: what is logged of it is there by now
  await expect.poll(() => request('GET', '/health').then(({ status }) => status)).toBe(200);
  await untilStill();
  expect(await tasksOf(goal)).toBe(0);
  expect((await request('GET', `/api/v1/goals/${goal}`)).status).toBe(200);
  expect(service.log()).not.toContain('defect');
});
