import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { tell } from '../../support/proof.ts';
import { modernRevision } from '../../support/server-process.ts';
import { type Frame, framesOf } from './support/frames.ts';
import { Ids } from './support/ids.ts';
import { type HttpAnswer, sendRaw } from './support/raw-http.ts';
import { Counts, seed, storm } from './support/storm.ts';
import { aStormedService } from './support/stormed-service.ts';
import { written } from './support/written.ts';

const database = await aDatabase();
const sql = await aClient(database);
const { service, leaks, defects } = await aStormedService(database);
const { url, localToken } = service;
const counts = new Counts();
const ids = new Ids();

/** A message as it is posted. */
interface Posted {
  frame: Frame;
  version: string;
  method: string;
  accept: string;
  /** Whether the headers that say what the body says are left out. */
  isBare: boolean;
}

function mostly<T>(meant: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 14, arbitrary: fc.constant(meant) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function postedIn(meant: string, isModern: boolean): fc.Arbitrary<Posted> {
  return fc.record({
    frame: framesOf({ isModern }),
    version: mostly(meant, '2025-03-26', modernRevision, '2025-11-25', 'x', ''),
    method: mostly('POST', 'PUT', 'DELETE', 'PATCH'),
    accept: mostly('application/json, text/event-stream', '*/*', 'text/html', ''),
    isBare: mostly(false, true),
  });
}

const posted = fc.oneof(postedIn('2025-06-18', false), postedIn('2025-11-25', false), postedIn(modernRevision, true));

/** What the newest revision wants in the head: a value that a header cannot hold goes there in its encoding. */
function standardHeaders(frame: Frame): string[] {
  if (!('message' in frame)) return ['Mcp-Method: ping'];
  const { method, params } = frame.message;
  const { name, uri } = Object(params);
  const named = method === 'resources/read' ? uri : name;
  return [
    `Mcp-Method: ${headerText(method)}`,
    ...(typeof named === 'string' && named !== '' ? [`Mcp-Name: ${headerText(named)}`] : []),
  ];
}

function headerText(text: string): string {
  const isPlain = /^[!-~](?:[ -~]*[!-~])?$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

function bytesOf({ frame, version, method, accept, isBare }: Posted, body: Buffer): Buffer {
  const head = [
    `${method} /mcp HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${localToken}`,
    'Content-Type: application/json',
    `Accept: ${accept}`,
    `MCP-Protocol-Version: ${version}`,
    ...(version === modernRevision && !isBare ? standardHeaders(frame) : []),
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** The messages of JSON-RPC in a body: one as JSON, or each of a stream. */
function messagesIn({ headers, body }: HttpAnswer): { id?: unknown; method?: unknown }[] {
  if (body === '') return [];
  if (!headers.get('content-type')?.startsWith('text/event-stream')) return [JSON.parse(body)].flat();
  // a stream's lines end with nothing else: to a regular expression U+2028 ends one, too
  const data = body.split('\n').filter((line) => /^data: ?\S/.test(line));
  return data.flatMap((line) => JSON.parse(line.slice('data:'.length)));
}

async function post(drawn: Posted): Promise<void> {
  const { bytes: body, expected } = written(drawn.frame, ids);
  const bytes = bytesOf(drawn, body);
  try {
    const [answer, ...more] = (await sendRaw({ url, bytes, methods: [drawn.method] })) ?? [];
    expect(more).toEqual([]);
    check(answer as HttpAnswer, drawn.frame, [...expected.map(({ id }) => id), 'null']);
  } catch (problem) {
    throw new Error(bytes.subarray(0, 2_000).toString(), { cause: problem });
  }
}

function check(answer: HttpAnswer, { kind }: Frame, known: string[]): void {
  leaks.check(answer.body);
  expect(answer.status).toBeLessThan(500);
  counts.add(String(answer.status));
  const replies = messagesIn(answer).filter((each) => each.method === undefined);
  counts.add('answers', replies.length);
  if (answer.status === 202) expect(answer.body).toBe('');
  if (answer.status !== 200 || kind === 'batch') return;
  expect(replies).toHaveLength(1);
  expect(known).toContain(JSON.stringify(replies[0]?.id));
}

test(`what is sent to /mcp is answered once (seed ${seed})`, async () => {
  const bursts = fc.array(posted, { minLength: 1, maxLength: 6 });
  await storm(bursts, { seeds: 6, part: 0.1 }, async (all) => {
    const postings = await Promise.allSettled(all.map(post));
    for (const posting of postings) if (posting.status === 'rejected') throw posting.reason;
  });
  expect(defects()).toEqual([]);
  tell('hostile input: messages to /mcp', { 'by status': counts.list() });
});

test('after the storm the store keeps its rules, and a client works as on any day', async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  const client = await service.mcpClient('modern');
  const made = await client.callTool({ name: 'create_goal', arguments: { description: 'a calm day' } });
  expect(made.structuredContent).toMatchObject({ status: 'planned' });
});
