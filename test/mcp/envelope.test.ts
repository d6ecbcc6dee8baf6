import { describe, expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aRawServer, type RawServer } from '../support/server-process.ts';

// What clients really send, as it goes over the wire: a client of the SDK would not write most of it.

const database = await aDatabase();

async function aReadyServer(protocolVersion = '2025-06-18'): Promise<RawServer> {
  const server = aRawServer({ database });
  await server.request('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } });
  server.notify('notifications/initialized');
  return server;
}

/** The lines that come back for these bytes: all that were written before the answer of a ping that follows them. */
async function answersTo(server: RawServer, bytes: string | Buffer): Promise<string[]> {
  const before = server.lines().length;
  server.write(bytes);
  server.write('\n');
  const ping = server.begin('ping');
  await server.answerTo(ping);
  return server.lines().slice(before, -1);
}

const refusal = (id: string, code: number) =>
  expect.stringMatching(
    new RegExp(`^\\{"jsonrpc":"2\\.0","id":${id.replace(/[.[\]{}+*?^$|\\]/g, '\\$&')},"error":\\{"code":${code},`),
  );

describe('a line that does not fit the envelope is answered', () => {
  const cases: [what: string, line: string, id: string, code: number][] = [
    ['an ID with a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', '1.5', -32600],
    ['an ID past 2^53', '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', '9007199254740993', -32600],
    [
      'a negative ID past 2^53',
      '{"jsonrpc":"2.0","id":-12345678901234567890,"method":"ping"}',
      '-12345678901234567890',
      -32600,
    ],
    ['an ID past every double', '{"jsonrpc":"2.0","method":"ping","id": 1e400}', '1e400', -32600],
    ['an ID of null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', 'null', -32600],
    ['an ID that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 'null', -32600],
    ['an ID that is a list', '{"jsonrpc":"2.0","id":[7],"method":"ping"}', 'null', -32600],
    ['an ID that is true', '{"jsonrpc":"2.0","id":true,"method":"ping"}', 'null', -32600],
    ['params that are a list', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}', '7', -32602],
    ['params that are text', '{"jsonrpc":"2.0","id":"a\\"b","method":"tools/list","params":"x"}', '"a\\"b"', -32602],
    ['params that are a number', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":0}', '7', -32602],
    ['_meta that is a list', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":[]}}', '7', -32602],
    [
      'a progress token that is a list',
      '{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":{"progressToken":[]}}}',
      '7',
      -32602,
    ],
    ['NaN', '{"jsonrpc":"2.0","id":8,"method":"ping","params":{"x":NaN}}', '8', -32700],
    ['NaN before the ID', '{"jsonrpc":"2.0","params":{"x":NaN},"id":8,"method":"ping"}', '8', -32700],
    ['NaN as the ID', '{"jsonrpc":"2.0","id":NaN,"method":"ping"}', 'null', -32700],
    ['an ID with a leading zero', '{"jsonrpc":"2.0","id":007,"method":"ping"}', 'null', -32700],
    ['a comma too many', '{"jsonrpc":"2.0","id":8,"method":"ping",}', '8', -32700],
    ['single quotes', "{'jsonrpc':'2.0','id':8,'method':'ping'}", 'null', -32700],
    ['a line that was cut', '{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"li', '8', -32700],
    ['a line that was cut in its ID', '{"jsonrpc":"2.0","id":"8', 'null', -32700],
    [
      'two messages in one line',
      '{"jsonrpc":"2.0","id":8,"method":"ping"}{"jsonrpc":"2.0","id":9,"method":"ping"}',
      '8',
      -32700,
    ],
    ['an ID in a text, and one in an object', '{"x":"\\"id\\":1","y":{"id":2},"id":3,', '3', -32700],
    ['no version', '{"id":9,"method":"ping"}', '9', -32600],
    ['JSON-RPC 1.0', '{"jsonrpc":"1.0","id":9,"method":"ping"}', '9', -32600],
    ['no method', '{"jsonrpc":"2.0","id":9}', '9', -32600],
    ['a method that is a number', '{"jsonrpc":"2.0","id":9,"method":5}', '9', -32600],
    [
      'a notification whose params are a list',
      '{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}',
      'null',
      -32602,
    ],
    ['an empty object', '{}', 'null', -32600],
    ['a number', '12', 'null', -32600],
    ['a text', '"text"', 'null', -32600],
    ['a word', 'garbage', 'null', -32700],
    ['control characters', '\0\x01\x02', 'null', -32700],
    ['an empty batch', '[]', 'null', -32600],
    ['a deep method', `{"jsonrpc":"2.0","id":905,"method":${'['.repeat(10_000)}`, '905', -32700],
  ];

  test('with an error that has its ID, where one can be read, whatever it is', async () => {
    const server = await aReadyServer();
    for (const [what, line, id, code] of cases) {
      expect(await answersTo(server, line), what).toEqual([refusal(id, code)]);
    }
  });

  test('before the handshake too', async () => {
    const server = aRawServer({ database });
    for (const [what, line, id, code] of cases.slice(0, 12)) {
      server.write(`${line}\n`);
      await expect.poll(() => server.lines().at(-1), { message: what, timeout: 20_000 }).toEqual(refusal(id, code));
    }
    expect(await server.initialize()).toHaveProperty('result');
  });

  test('and bytes that are not UTF-8 are refused, since they would become other text', async () => {
    const server = await aReadyServer();
    const [start, end] = ['{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"', '"}}'];
    expect(
      await answersTo(server, Buffer.concat([Buffer.from(start), Buffer.from([0xc3, 0x28]), Buffer.from(end)])),
    ).toEqual([refusal('4', -32700)]);
  });

  test('but a blank line, a notification and an answer are not, right or wrong', async () => {
    const server = await aReadyServer();
    const silent = [
      '',
      '   ',
      '\r',
      '\t',
      '{"jsonrpc":"2.0","method":"notifications/unknown"}',
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      '{"jsonrpc":"2.0","id":1.5,"result":5}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}',
      '{"id":5,"error":"x"}',
    ];
    for (const line of silent) expect(await answersTo(server, line), line).toEqual([]);
  });
});

describe('params that do not have the form of their method are the fault of the caller, and it is told in a line', () => {
  const cases: [method: string, params: string, said: string][] = [
    ['tools/list', '{"cursor":{}}', 'params.cursor'],
    ['prompts/list', '{"cursor":7}', 'params.cursor'],
    ['resources/list', '{"cursor":[]}', 'params.cursor'],
    ['tools/call', '{}', 'name'],
    ['tools/call', '{"name":7}', 'name'],
    ['resources/read', '{}', 'params.uri'],
    ['resources/subscribe', '{"uri":{}}', 'params.uri'],
    ['prompts/get', '{"name":"plan_goal","arguments":{"outcome":7}}', 'outcome'],
    ['completion/complete', '{"ref":{"type":"x"},"argument":{}}', 'params.ref'],
    [
      'completion/complete',
      `{"ref":${'['.repeat(9)}${']'.repeat(9)},"argument":{"name":"${'n'.repeat(5_000)}"}}`,
      'ref',
    ],
  ];

  test.each(cases)('%s with %.60s', async (method, params, said) => {
    const server = await aReadyServer();
    server.write(`{"jsonrpc":"2.0","id":72,"method":"${method}","params":${params}}\n`);
    const { error } = await server.answerTo(72);
    expect(error?.code).toBe(-32602);
    expect(error?.message).toContain(said);
    expect(error?.message).toMatch(/^[^\n{}[\]]{20,500}$/);
  });
});

describe('a name that nobody knows comes back in a short line, whatever is in it', () => {
  const long = `${'x'.repeat(100_000)}\u202e\\u001b[2J`;
  const completion = (ref: object) =>
    JSON.stringify({ ref, argument: { name: 'x', value: '' } }).replace('%', () => long);

  test.each([
    ['a tool', 'tools/call', `{"name":"${long}"}`],
    ['a page', 'resources/read', `{"uri":"goal:/${long}"}`],
    ['a goal', 'resources/read', `{"uri":"goal://${long}"}`],
    ['a skill', 'resources/read', `{"uri":"skill://${long}"}`],
    ['a page to watch', 'resources/subscribe', `{"uri":"goal:/${long}"}`],
    ['a prompt', 'prompts/get', `{"name":"${long}"}`],
    ['a prompt to complete', 'completion/complete', completion({ type: 'ref/prompt', name: '%' })],
    ['a page to complete', 'completion/complete', completion({ type: 'ref/resource', uri: '%' })],
    ['a method', long, '{}'],
  ])('%s', async (_what, method, params) => {
    const server = await aReadyServer();
    server.write(`{"jsonrpc":"2.0","id":73,"method":"${method}","params":${params}}\n`);
    const { error } = await server.answerTo(73);
    expect(JSON.stringify(error).length).toBeLessThan(1_500);
    expect(error?.message).toMatch(/^[^\p{Cc}\u202e]{10,}$/u);
  });
});

describe('null in the envelope counts as left out', () => {
  test.each([
    '{"jsonrpc":"2.0","id":70,"method":"tools/list","params":null}',
    '{"jsonrpc":"2.0","id":70,"method":"tools/list","params":{"cursor":null,"_meta":null}}',
    '{"jsonrpc":"2.0","id":70,"method":"tools/list","params":{"_meta":{"progressToken":null}}}',
    '{"jsonrpc":"2.0","id":70,"method":"tools/call","params":{"name":"list_goals","arguments":null,"_meta":null}}',
    '{"jsonrpc":"2.0","id":70,"method":"prompts/list","params":{"cursor":null},"result":null,"error":null}',
    '{"jsonrpc":"2.0","id":70,"method":"resources/templates/list","params":null}',
    '\uFEFF{"jsonrpc":"2.0","id":70,"method":"ping","params":null}\r',
  ])('%s', async (line) => {
    const server = await aReadyServer();
    server.write(`${line}\n`);
    const { result, error } = await server.answerTo(70);
    expect({ error, isError: result?.isError }).toEqual({});
  });

  test('in the handshake, and in the ID of a notification', async () => {
    const server = aRawServer({ database });
    const params =
      '{"protocolVersion":"2025-06-18","capabilities":{"experimental":null,"roots":{"listChanged":null},"sampling":null},"clientInfo":{"name":"x","version":"1","title":null},"_meta":null}';
    server.write(`{"jsonrpc":"2.0","id":71,"method":"initialize","params":${params}}\n`);
    expect(await server.answerTo(71)).toHaveProperty('result.protocolVersion', '2025-06-18');
    expect(
      await answersTo(server, '{"jsonrpc":"2.0","id":null,"method":"notifications/initialized","params":null}'),
    ).toEqual([]);
  });
});

describe('a batch', () => {
  const ping = (id: number | string) => ({ jsonrpc: '2.0', id, method: 'ping' });

  test('is answered as one list once 2025-03-26 is agreed', async () => {
    const server = await aReadyServer('2025-03-26');
    const call = { jsonrpc: '2.0', id: 'c', method: 'tools/call', params: { name: 'list_goals', arguments: null } };
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
    server.write(`${JSON.stringify([ping(1), initialized, call, { jsonrpc: '2.0', id: 2.5, method: 'ping' }])}\n`);
    await expect.poll(() => server.lines().length, { timeout: 20_000 }).toBe(2);
    const answers = JSON.parse(server.lines()[1] as string);
    expect(answers).toHaveLength(3);
    expect(answers).toContainEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(answers).toContainEqual(
      expect.objectContaining({ id: 'c', result: expect.objectContaining({ structuredContent: expect.anything() }) }),
    );
    expect(answers).toContainEqual(
      expect.objectContaining({ id: 2.5, error: expect.objectContaining({ code: -32600 }) }),
    );
  });

  test('of notifications alone is not answered, and one whose call is taken back is answered without it', async () => {
    const server = await aReadyServer('2025-03-26');
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await answersTo(server, JSON.stringify([initialized, initialized]))).toEqual([]);
    const call = { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'list_goals' } };
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } };
    expect(await answersTo(server, JSON.stringify([call, ping(6), cancel]))).toEqual([
      '[{"result":{},"jsonrpc":"2.0","id":6}]',
    ]);
  });

  test('that is broken is answered for each message in it, with the ID that it has', async () => {
    const server = await aReadyServer('2025-03-26');
    const line =
      '[{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}, {"id":5,"x":NaN}, 7, {"jsonrpc":"2.0","id":6,';
    const [answer = ''] = await answersTo(server, line);
    expect(answer).toMatch(/^\[.*"id":9007199254740993,.*"id":5,.*"id":null,.*"id":6,.*\]$/);
  });

  test.each(['2024-11-05', '2025-06-18', '2025-11-25'])(
    'is refused where %s was agreed, each request by its ID',
    async (revision) => {
      const server = await aReadyServer(revision);
      expect(await answersTo(server, JSON.stringify([ping(1), ping('b')]))).toEqual([
        refusal('1', -32600),
        refusal('"b"', -32600),
      ]);
    },
  );
});

test('what was received when stdin closes is done and answered before the process ends', async () => {
  const server = aRawServer({ database });
  const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'piped', version: '1' } };
  const requests = [
    { jsonrpc: '2.0', id: 1, method: 'initialize', params: opening },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    ...Array.from({ length: 300 }, (_, index) => ({
      jsonrpc: '2.0',
      id: index + 2,
      method: 'tools/call',
      params: { name: 'create_goal', arguments: { description: `piped ${index}` } },
    })),
  ];
  // the last line has no newline
  server.write(requests.map((request) => JSON.stringify(request)).join('\n'));
  server.endInput();
  expect(await server.exited).toEqual({ code: 0, signal: null });
  const answers = server.lines().map((line) => JSON.parse(line));
  expect(answers.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 301 }, (_, index) => index + 1),
  );
  expect(answers.filter(({ result }) => result === undefined || result.isError)).toEqual([]);
});
