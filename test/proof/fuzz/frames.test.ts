import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { tell } from '../../support/proof.ts';
import { aServerForTest, modernRevision } from '../../support/server-process.ts';
import { once } from './support/expected.ts';
import { type Frame, framesOf } from './support/frames.ts';
import { Ids } from './support/ids.ts';
import { LineProcess, type Piece } from './support/line-process.ts';
import { memoryOf, mostGrowthMiB } from './support/memory.ts';
import { Counts, seed, storm } from './support/storm.ts';
import { written } from './support/written.ts';

const database = await aDatabase();
const sql = await aClient(database);
const counts = new Counts();
const clientInfo = { name: 'storm', version: '1' };
const meta = {
  'io.modelcontextprotocol/protocolVersion': modernRevision,
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Lines, and how they are cut into pieces on their way. */
interface Burst {
  frames: Frame[];
  /** Places, from 0 to 1, and the pauses after them. */
  cuts: { at: number; pauseMs: number }[];
}

const cuts = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), pauseMs: fc.constantFrom(0, 0, 0, 1, 5) }),
  { maxLength: 4 },
);

function bursts(isModern: boolean): fc.Arbitrary<Burst> {
  const frames = framesOf({ isModern });
  return fc.record({
    frames: fc.oneof(
      { weight: 20, arbitrary: fc.array(frames, { minLength: 1, maxLength: 12 }) },
      // more at once than the server holds open
      { weight: 1, arbitrary: fc.array(frames, { minLength: 300, maxLength: 400, size: 'max' }) },
    ),
    cuts,
  });
}

function piecesOf(bytes: Buffer, places: Burst['cuts']): Piece[] {
  const ends = places.map(({ at, pauseMs }) => ({ end: Math.floor(at * bytes.length), pauseMs }));
  let start = 0;
  return [...ends, { end: bytes.length, pauseMs: 0 }]
    .toSorted((a, b) => a.end - b.end)
    .map(({ end, pauseMs }) => {
      const piece = { bytes: bytes.subarray(start, end), pauseMs };
      start = end;
      return piece;
    });
}

/** What a burst is on the wire, and what has to come back. */
function wire({ frames, cuts: places }: Burst, ids: Ids) {
  const all = frames.map((frame) => written(frame, ids));
  for (const { kind } of frames) counts.add(kind);
  return {
    pieces: piecesOf(Buffer.concat(all.map(({ bytes }) => bytes)), places),
    expected: all.flatMap(({ expected }) => expected),
  };
}

/** A process with an open connection of a revision. */
async function opened(revision: string): Promise<LineProcess> {
  const process = new LineProcess(database);
  const [method, params] =
    revision === modernRevision
      ? ['server/discover', { _meta: meta }]
      : ['initialize', { protocolVersion: revision, capabilities: {}, clientInfo }];
  const status = { name: 'get_agent_status', arguments: {}, ...(revision === modernRevision && { _meta: meta }) };
  const lines = [
    { id: 'open', method, params },
    // the whole program is loaded and has its store before its memory is measured
    { id: 'status', method: 'tools/call', params: status },
  ].map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  await process.exchange([{ bytes: Buffer.from(lines.join('')), pauseMs: 0 }], [once('"open"'), once('"status"')]);
  return process;
}

const revisions = ['2024-11-05', '2025-03-26', '2025-11-25', modernRevision];

describe.each(revisions)('a client of %s that sends anything', (revision) => {
  test(`is answered once where it asks, never where it tells (seed ${seed})`, async () => {
    const isModern = revision === modernRevision;
    let process = await opened(revision);
    afterAll(() => process.end());
    const before = await memoryOf(process);
    const ids = new Ids();
    let pings = 0;
    await storm(bursts(isModern), { seeds: 4, part: 0.05 }, async (burst) => {
      const { pieces, expected } = wire(burst, ids);
      pings += 1;
      const id = `ping-${pings}`;
      const ping = {
        jsonrpc: '2.0',
        id,
        method: isModern ? 'server/discover' : 'ping',
        params: isModern ? { _meta: meta } : {},
      };
      const sent = process.exchange(pieces, expected, { id: JSON.stringify(id), line: `${JSON.stringify(ping)}\n` });
      await sent.catch(async (problem) => {
        // the next input is tried on a process that is not in the middle of this one
        await process.end();
        process = await opened(revision);
        throw problem;
      });
    });
    expect(process.defects).toBe('');
    const after = await memoryOf(process);
    counts.add('answers', process.answered);
    tell(`hostile input: memory of a process of ${revision}`, {
      'MiB before': before.resident,
      'MiB after': after.resident,
      'MiB live before': before.live,
      'MiB live after': after.live,
    });
    expect(after.resident - before.resident).toBeLessThan(mostGrowthMiB);
  });
});

test(`a client that opens anyhow and goes away has its answers first (seed ${seed})`, async () => {
  const opened = fc.constantFrom<Frame[]>(
    [],
    [
      {
        kind: 'request',
        id: 'text',
        message: { method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } },
        end: '\n',
      },
    ],
    [{ kind: 'request', id: 'text', message: { method: 'server/discover', params: { _meta: meta } }, end: '\n' }],
  );
  const all = fc.tuple(opened, fc.oneof(bursts(false), bursts(true)));
  await storm(all, { seeds: 1, part: 0.05 }, async ([opening, burst]) => {
    const process = new LineProcess(database);
    try {
      const { pieces, expected } = wire({ ...burst, frames: [...opening, ...burst.frames] }, new Ids());
      await process.exchangeLast(pieces, expected);
      expect(process.defects).toBe('');
      counts.add('answers', process.answered);
      counts.add('connections');
    } finally {
      await process.end();
    }
  });
});

test('after the storm the store keeps its rules, and a client works as on any day', async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  const server = await aServerForTest({ database });
  const { answer } = await server.call('create_goal', { description: 'a calm day' });
  await server.call('break_down_goal', { goal_id: answer.id, subtasks: [{ description: 'a step' }] });
  const claimed = await server.call('claim_tasks', { goal_id: answer.id });
  expect(claimed.answer).toMatchObject({ tasks: [{ description: 'a step' }] });
  tell('hostile input: lines over stdio', { lines: counts.list() });
});
