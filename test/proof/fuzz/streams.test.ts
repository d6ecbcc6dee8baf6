import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { anEventStream } from '../../support/event-stream.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { tell } from '../../support/proof.ts';
import { memoryOf, mostGrowthMiB } from './support/memory.ts';
import { type HttpAnswer, sendRaw } from './support/raw-http.ts';
import { Counts, seed, storm } from './support/storm.ts';
import { aStormedService } from './support/stormed-service.ts';

const database = await aDatabase();
const sql = await aClient(database);
const { service, leaks, defects, connections } = await aStormedService(database);
const { url, localToken, request } = service;

/** A reader of the changes, as it is drawn. */
interface Reader {
  lastEventId: string | undefined;
  query: string;
  accept: string;
  /** A stream goes on until its reader goes away: after so long. */
  cutAfterMs: number;
  /** Places of the request, from 0 to 1, at which it is cut off; whole where undefined. */
  halfAt: number | undefined;
}

/** Positions: of this history, of another, and none at all. `<last>` is the last one that was told. */
const positions = [
  '0',
  '<last>',
  '1-000000000000',
  '-1',
  '99999999999999999999',
  'nonsense',
  '',
  ' ',
  '0-0',
  '<last>x',
  'x'.repeat(4_000),
  '%00',
  '\xff',
];
const queries = [
  ...[
    '',
    '?since=0',
    '?since=<last>',
    '?since=nonsense',
    '?since=',
    '?limit=1',
    '?limit=0',
    '?limit=1e3',
    '?limit=500&since=0',
  ],
  ...[
    '?goal_id=GOAL-0001',
    '?goal_id=x',
    '?goal_id=GOAL-9999',
    '?goal_id=%00',
    '?colour=red',
    '?since=0&since=1',
    '?__proto__=1',
    '?%E0%A4%A',
  ],
];
const readers: fc.Arbitrary<Reader> = fc.record({
  lastEventId: fc.option(fc.constantFrom(...positions), { nil: undefined }),
  query: fc.constantFrom(...queries),
  accept: fc.constantFrom('text/event-stream', 'text/event-stream', 'text/event-stream', 'application/json', '*/*'),
  cutAfterMs: fc.integer({ min: 0, max: 300 }),
  halfAt: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.double({ min: 0.1, max: 0.99, noNaN: true }) },
  ),
});

const counts = new Counts();
let last = '0';

function bytesOf({ lastEventId, query, accept }: Reader): Buffer {
  const lines = [
    `GET /api/v1/changes${query.replace('<last>', last)} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${localToken}`,
    `Accept: ${accept}`,
    ...(lastEventId === undefined ? [] : [`Last-Event-ID: ${lastEventId.replace('<last>', last)}`]),
    'Connection: close',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

async function read(reader: Reader): Promise<void> {
  const whole = bytesOf(reader);
  const { halfAt, accept, cutAfterMs } = reader;
  const isStream = accept === 'text/event-stream';
  counts.add(isStream ? 'streams' : 'pages');
  if (halfAt !== undefined) {
    counts.add('cut in their request');
    await sendRaw({ url, bytes: whole.subarray(0, Math.floor(halfAt * whole.length)), methods: ['GET'], cutAfterMs });
    return;
  }
  const [answer, ...more] =
    (await sendRaw({ url, bytes: whole, methods: ['GET'], ...(isStream && { cutAfterMs, isStream }) })) ?? [];
  expect(more).toEqual([]);
  if (!isStream) expect(answer).toBeDefined();
  if (answer !== undefined) check(answer, isStream);
}

/** What came of an answer until it was cut. */
function check({ status, headers, body }: HttpAnswer, isStream: boolean): void {
  leaks.check(`${[...headers].join('\n')}\n${body}`);
  counts.add(String(status));
  expect([200, 400, 404, 410]).toContain(status);
  if (status !== 200) expect(JSON.parse(body)).toMatchObject({ status, detail: expect.stringMatching(/.{20}/) });
  else if (!isStream)
    expect(JSON.parse(body)).toMatchObject({ changes: expect.any(Array), position: expect.any(String) });
  else {
    const events = [...body.matchAll(/^event: (\w+)$/gm)].map(([, event]) => event as string);
    for (const event of events) expect(['change', 'position']).toContain(event);
    counts.add('events', events.length);
  }
}

test(`readers of changes come and go as they like, and none is left (seed ${seed})`, async () => {
  await request('POST', '/api/v1/goals', { body: { description: 'watched' } });
  const before = await memoryOf(service);
  const bursts = fc.oneof(
    { weight: 10, arbitrary: fc.array(readers, { minLength: 1, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.array(readers, { minLength: 100, maxLength: 200, size: 'max' }) },
  );
  await storm(bursts, { seeds: 3, part: 0.1 }, async (all) => {
    const change = request('PATCH', '/api/v1/goals/GOAL-0001', { body: { description: `watched ${Math.random()}` } });
    const sendings = await Promise.allSettled(all.map(read));
    for (const sending of sendings) if (sending.status === 'rejected') throw sending.reason;
    expect((await change).status).toBe(200);
    last = (await request('GET', '/api/v1/changes?since=0')).body.position;
  });
  expect(defects()).toEqual([]);
  const readersLeft = async () =>
    /^goal_agent_change_readers(?:{[^}]*})? (\d+)/m.exec((await request('GET', '/metrics')).text)?.[1];
  await expect.poll(readersLeft, { timeout: 10_000 }).toBe('0');
  const after = await memoryOf(service);
  tell('hostile input: readers of changes', { readers: counts.list() });
  tell('hostile input: memory of their service', {
    'MiB before': before.resident,
    'MiB after': after.resident,
    'MiB live before': before.live,
    'MiB live after': after.live,
  });
  expect(after.resident - before.resident).toBeLessThan(mostGrowthMiB);
});

test('after the storm no connection is left but that of who asks, and a reader hears what changes', async () => {
  // the client of this test asked for two things at once, and keeps both connections open
  const ours = 2;
  await expect.poll(() => connections() ?? 0, { timeout: 10_000 }).toBeLessThanOrEqual(ours);
  const stream = await anEventStream(service);
  await stream.until(({ event }) => event === 'position');
  await request('POST', '/api/v1/goals', { body: { description: 'a calm day' } });
  expect((await stream.until(({ event }) => event === 'change')).data).toContain('goal.created');
  expect(await brokenInvariants(sql)).toEqual({});
});
