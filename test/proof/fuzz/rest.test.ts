import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { tell } from '../../support/proof.ts';
import { memoryOf, mostGrowthMiB } from './support/memory.ts';
import { type Document, type Operation, operationsOf } from './support/operations.ts';
import { type HttpAnswer, sendRaw } from './support/raw-http.ts';
import { type DrawnRequest, requestsFor, requestsForOne, wireOf } from './support/requests.ts';
import { Counts, seed, storm } from './support/storm.ts';
import { aStormedService } from './support/stormed-service.ts';
import { World } from './support/world.ts';

const database = await aDatabase();
const sql = await aClient(database);
const { service, leaks, defects } = await aStormedService(database);
const { url, localToken, request } = service;
const document: Document = (await request('GET', '/openapi.json')).body;
const documented = operationsOf(document);
const problems = z.fromJSONSchema(document.components.schemas.Problem);

/** What the document leaves out: the routes of pages and monitors. */
const elsewhere: Operation[] = [
  ['GET', '/changes'],
  ['GET', '/clients'],
  ['POST', '/session'],
  ['GET', '/session'],
  ['DELETE', '/session'],
  ['GET', '/board/goals'],
  ['POST', '/nothing'],
  ['GET', '/../../metrics'],
  ['GET', '/../../health'],
].map(([method = '', path = '']) => ({
  method,
  path,
  input: { path: { type: 'object' }, query: { type: 'object' }, body: { type: 'object' } },
  statuses: [200, 201, 204, 302, 304, 400, 401, 403, 404, 409, 410, 413, 415, 503],
  output: z.unknown(),
}));
const operations = [...documented, ...elsewhere];
const [requests, statuses] = [new Counts(), new Counts()];

/** What is wrong with an answer to a request. */
function check(
  answer: HttpAnswer,
  operation: Operation,
  { more, isPlain }: { more: number[]; isPlain: boolean },
): void {
  const { status, headers, body } = answer;
  leaks.check(`${[...headers].join('\n')}\n${body}`);
  statuses.add(String(status));
  // Node refuses what is no HTTP before the service is asked
  if (more.includes(status) && body === '') return;
  const allowed = isPlain ? operation.statuses : [...operation.statuses, 200, 404];
  if (status === 414 || status === 431) {
    expect(body).toBe('');
    return;
  }
  expect(allowed).toContain(status);
  if (status >= 400) {
    expect(headers.get('content-type')).toBe('application/problem+json');
    if (body === '') return; // HEAD
    const problem = JSON.parse(body);
    expect(problems.safeParse(problem).error?.issues).toBeUndefined();
    expect(problem.status).toBe(status);
    expect(problem.detail).toMatch(/^[^\n]{20,3000}$/s);
    expect(problem.detail).not.toContain('Invalid input');
  } else if (isPlain && body !== '' && documented.includes(operation)) {
    expect(operation.output.safeParse(JSON.parse(body)).error?.issues).toBeUndefined();
  }
}

let sent = 0;
async function send(drawn: DrawnRequest, world: World): Promise<void> {
  const operation = operations[drawn.route] as Operation;
  const wire = wireOf(drawn, operation, localToken, (text) => world.named(text));
  sent += 1;
  // an address that guesses tokens is made to wait: each guess comes from another
  const from = wire.isWrongToken ? `127.0.${1 + (Math.floor(sent / 250) % 250)}.${1 + (sent % 250)}` : undefined;
  requests.add(`${operation.method} ${operation.path}`);
  try {
    const sending = { url, bytes: wire.bytes, methods: [wire.method], from, cutEventsAfterMs: 200 };
    const answers = (await sendRaw(sending)) ?? [];
    expect(answers).toHaveLength(1);
    check(answers[0] as HttpAnswer, operation, wire);
  } catch (problem) {
    throw new Error(wire.bytes.subarray(0, 2_000).toString('latin1'), { cause: problem });
  }
}

/** Calls a tool by its route. */
async function callRoute(tool: string, args: Record<string, unknown>): Promise<unknown> {
  const { goal_id: goal, name, ...rest } = args;
  const routes: Record<string, [string, string, unknown]> = {
    create_goal: ['POST', '/goals', args],
    break_down_goal: ['POST', `/goals/${goal}/tasks`, rest],
    claim_tasks: ['POST', '/claims', args],
    save_template: ['PUT', `/templates/${name}`, { goal_id: goal, ...rest }],
  };
  const [method, path, body] = routes[tool] as [string, string, unknown];
  return (await request(method, `/api/v1${path}`, { body })).body;
}

test(`every route answers once, with a status that its document names (seed ${seed})`, async () => {
  const world = new World(sql, callRoute);
  await world.refresh();
  const before = await memoryOf(service);
  // each route once, whatever the time
  for (const [route, operation] of operations.entries()) {
    for (const drawn of fc.sample(requestsForOne(operation, route), { seed, numRuns: 1 })) await send(drawn, world);
  }
  let bursts = 0;
  await storm(
    fc.array(requestsFor(operations), { minLength: 1, maxLength: 6 }),
    { seeds: 20, part: 0.25 },
    async (all) => {
      bursts += 1;
      if (bursts % 10 === 0) await world.refresh();
      const sendings = await Promise.allSettled(all.map((each) => send(each, world)));
      for (const sending of sendings) if (sending.status === 'rejected') throw sending.reason;
      expect(service.stderr()).not.toContain('a defect in');
    },
  );
  expect(defects()).toEqual([]);
  const after = await memoryOf(service);
  tell('hostile input: requests', { 'by route': requests.list(), 'by status': statuses.list() });
  tell('hostile input: memory of the service', {
    'MiB before': before.resident,
    'MiB after': after.resident,
    'MiB live before': before.live,
    'MiB live after': after.live,
  });
  expect(after.resident - before.resident).toBeLessThan(mostGrowthMiB);
});

test('after the storm the store keeps its rules, and a client works as on any day', async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  const client = await service.mcpClient('modern');
  const { structuredContent } = await client.callTool({
    name: 'create_goal',
    arguments: { description: 'a calm day' },
  });
  expect(structuredContent).toMatchObject({ status: 'planned' });
});
