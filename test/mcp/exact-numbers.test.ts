import { expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { aRawServer } from '../support/server-process.ts';

const { database, sql, server: other } = await aConversation('modern');

/** Sends arguments to the letter, and gives back the answer's line to the letter. */
async function wireTo() {
  const server = aRawServer({ database });
  await server.initialize();
  let id = 1_000;
  const send = async (method: string, params: string) => {
    id += 1;
    server.write(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`);
    await server.answerTo(id);
    return server.lines().at(-1) ?? '';
  };
  return {
    send,
    call: async (tool: string, args: string) => {
      const line = await send('tools/call', `{"name":"${tool}","arguments":${args}}`);
      const { text = '' } = JSON.parse(line).result.content[0];
      return { line, text: text as string, isError: JSON.parse(line).result.isError === true };
    },
  };
}

type Wire = Awaited<ReturnType<typeof wireTo>>;

/** Both the text and the structured content say it. */
const twice = (line: string, json: string) =>
  line.split(json).length - 1 + (line.split(JSON.stringify(json).slice(1, -1)).length - 1);

const numbers = [
  '1234567890123456789',
  '12345678901234567890',
  '-9007199254740993',
  '3.14159265358979323846',
  '0.10000000000000001',
  `1${'0'.repeat(399)}7`,
];

test('a number in metadata comes back as it went in, wherever it is shown', async () => {
  const wire = await wireTo();
  for (const number of numbers) await inMetadata(number, wire);
});

async function inMetadata(number: string, { call, send }: Wire) {
  const metadata = `{"id":${number},"deep":[{"in":${number}}],"text":"${number}"}`;
  const created = await call('create_goal', `{"description":"x","metadata":${metadata},"full":true}`);
  const goal = JSON.parse(created.text).id;
  const shown = `"id":${number}`;
  expect(twice(created.line, shown)).toBeGreaterThanOrEqual(2);
  const { rows } = await sql.query(
    "select metadata ->> 'id' as id, metadata #>> '{deep,0,in}' as deep from goals where id = $1",
    [goal],
  );
  expect(rows).toEqual([{ id: number, deep: number }]);
  await call('update_goal', `{"goal_id":"${goal}","metadata":{"other":1}}`);
  for (const tool of ['get_goal', 'update_goal']) {
    const more = tool === 'update_goal' ? ',"priority":"high","full":true' : '';
    const { text } = await call(tool, `{"goal_id":"${goal}"${more}}`);
    expect(text).toContain(shown);
    expect(text).toContain(`"in":${number}`);
    expect(text).toContain(`"text":"${number}"`);
  }
  expect(await send('resources/read', `{"uri":"goal://${goal}"}`)).toContain(number);
  if (number.length < 100) expect((await call('list_goals', '{}')).text).toContain(shown);
  await call('delete_goal', `{"goal_id":"${goal}"}`);
  await call('undo', '{}');
  expect((await call('get_goal', `{"goal_id":"${goal}"}`)).text).toContain(shown);
}

test('a number in a result comes back as it went in, also in JSON text and in a repeated request', async () => {
  const wire = await wireTo();
  for (const number of numbers) await inResult(number, wire);
});

async function inResult(number: string, { call, send }: Wire) {
  const goal = JSON.parse((await call('create_goal', '{"description":"x"}')).text).id;
  const subtasks = '[{"description":"a"},{"description":"b"},{"description":"c"}]';
  const first = JSON.parse(
    (await call('break_down_goal', `{"goal_id":"${goal}","subtasks":${subtasks}}`)).text,
  ).first_task_id;
  const [a, b, c] = [0, 1, 2].map((n) => `TASK-${String(Number(first.slice(5)) + n).padStart(4, '0')}`);
  const set = `{"task_id":"${a}","status":"completed","result":{"n":${number}},"full":true,"request_id":"of ${number.slice(0, 30)}"}`;
  const once = await call('update_task_status', set);
  expect(once.text).toContain(`"result":{"n":${number}}`);
  expect((await call('update_task_status', set)).text).toBe(once.text);
  await call('batch_update_tasks', `{"updates":[{"task_id":"${b}","status":"failed","result":${number}}]}`);
  const updates = JSON.stringify(`[{"task_id":"${c}","status":"failed","result":[${number}]}]`);
  await call('batch_update_tasks', `{"updates":${updates}}`);
  const both = await call('batch_get_tasks', `{"task_ids":["${a}","${b}","${c}"]}`);
  for (const shown of [`{"n":${number}}`, number, `[${number}]`]) {
    if (number.length < 200) expect(both.text).toContain(`"result":${shown}`);
  }
  expect((await call('get_task', `{"task_id":"${b}"}`)).text).toContain(`"result":${number}`);
  expect(await send('resources/read', `{"uri":"task://${b}"}`)).toMatch(new RegExp(String.raw`json\\n${number}\\n`));
}

test('what a psql or an older version stored comes back as it is stored', async () => {
  const { call } = await wireTo();
  const goal = JSON.parse((await call('create_goal', '{"description":"x"}')).text).id;
  await sql.query(`update goals set metadata = '{"a": 98765432109876543210, "b": 1.10, "c": 1e400}' where id = $1`, [
    goal,
  ]);
  const { text } = await call('get_goal', `{"goal_id":"${goal}"}`);
  expect(text).toContain(`"metadata":{"a":98765432109876543210,"b":1.1,"c":1${'0'.repeat(400)}}`);
});

test('a number that PostgreSQL cannot keep is refused by name, and so is one where it does not belong', async () => {
  const { call } = await wireTo();
  const task = '"task_id":"TASK-0001","status":"pending"';
  for (const [tool, args, said] of [
    ['create_goal', '{"description":"x","metadata":{"n":1e999999}}', 'metadata has the number 1e999999'],
    ['create_goal', '{"description":"x","metadata":{"n":-1e-99999}}', 'metadata has the number -1e-99999'],
    ['create_goal', '{"description":"x","metadata":"{\\"n\\":[1e999999]}"}', 'metadata has the number 1e999999'],
    [
      'update_task_status',
      `{${task},"result":1e16384}`,
      'has the number 1e16384, whose digits are 16385; the limit is 16383. Send it as text.',
    ],
    ['create_goal', '{"description":12345678901234567890}', 'description'],
    ['get_goal', '{"goal_id":12345678901234567890}', 'goal_id 12345678901234567890'],
    ['list_goals', '{"limit":12345678901234567890}', 'limit is 12345678901234567890; it must be a number'],
    ['create_goal', '{"description":"x","priority":1e400}', 'priority is 1e400; it must be one of'],
    ['create_goal', '{"description":"x","metadata":1e400}', 'metadata is 1e400; it must be an object'],
  ] as const) {
    const { text, isError } = await call(tool, args);
    expect(isError, text).toBe(true);
    expect(text).toContain(said);
    expect(text).not.toMatch(/NUL|went wrong|\0/);
  }
});

test('numbers count with all of their digits toward the limit', async () => {
  const { call } = await wireTo();
  const metadata = `{"n":[${Array(1_000).fill('1e300').join()}]}`;
  const { text } = await call('create_goal', `{"description":"x","metadata":${metadata}}`);
  expect(text).toContain('bytes of JSON; the limit is 262144');
});

test('a text that begins with the mark of such numbers is refused as all text with NUL is', async () => {
  const { error } = await other.call('create_goal', { description: 'x', metadata: { a: '\0number 5' } });
  expect(error).toContain('NUL');
});
