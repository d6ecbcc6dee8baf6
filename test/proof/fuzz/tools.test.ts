import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { argumentsFor } from '../../support/any-input.ts';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { tell } from '../../support/proof.ts';
import type { Schema } from '../../support/schema-subsets.ts';
import { aServerForTest } from '../../support/server-process.ts';
import { once } from './support/expected.ts';
import { type Answer, LineProcess } from './support/line-process.ts';
import { memoryOf, mostGrowthMiB } from './support/memory.ts';
import { oneThingOff } from './support/one-thing-off.ts';
import { objectsFor } from './support/schema-values.ts';
import { Counts, seed, storm } from './support/storm.ts';
import { World } from './support/world.ts';

const database = await aDatabase();
const sql = await aClient(database);
const server = new LineProcess(database);
afterAll(() => server.end());

interface Listed {
  name: string;
  inputSchema: Schema;
  outputSchema: z.core.JSONSchema.JSONSchema;
}

/** A call as it is drawn. */
interface Drawn {
  tool: string;
  /** How far its arguments are from what the tool takes. */
  kind: 'valid' | 'one thing off' | 'wild';
  args: unknown;
}

/** The most that an answer has, unless all of it was asked for. */
const mostCharacters = 20_000;
const [calls, outcomes] = [new Counts(), new Counts()];
let lastId = 0;

async function ask(requests: { method: string; params: string }[]): Promise<Answer[]> {
  const all = requests.map((request) => {
    lastId += 1;
    return { ...request, id: `${lastId}` };
  });
  const lines = all.map(
    ({ id, method, params }) => `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`,
  );
  const answers = await server.exchange(
    [{ bytes: Buffer.from(lines.join('')), pauseMs: 0 }],
    all.map(({ id }) => once(id)),
  );
  return all.map(({ id }) => answers.get(id) as Answer);
}

async function call(name: string, args: unknown): Promise<unknown> {
  const [answer] = await ask([{ method: 'tools/call', params: JSON.stringify({ name, arguments: args }) }]);
  return answer?.result?.structuredContent;
}

const clientInfo = { name: 'storm', version: '1' };
await ask([
  { method: 'initialize', params: JSON.stringify({ protocolVersion: '2025-11-25', capabilities: {}, clientInfo }) },
]);
const [listing] = await ask([{ method: 'tools/list', params: '{}' }]);
const { tools = [] } = (listing?.result ?? {}) as { tools?: Listed[] };
const outputs = new Map(tools.map(({ name, outputSchema }) => [name, z.fromJSONSchema(outputSchema)]));

/** Calls of one tool: what it takes, with one thing off, and with anything. */
function drawnOf({ name, inputSchema }: Listed): fc.Arbitrary<Drawn> {
  const of = (kind: Drawn['kind'], args: fc.Arbitrary<unknown>) =>
    args.map((each): Drawn => ({ tool: name, kind, args: each }));
  const fitting = objectsFor(inputSchema);
  return fc.oneof(
    { weight: 5, arbitrary: of('valid', fitting) },
    { weight: 6, arbitrary: of('one thing off', oneThingOff(fitting)) },
    { weight: 2, arbitrary: of('wild', argumentsFor(inputSchema)) },
  );
}

/** What is wrong with an answer, beside what every answer is looked at for. */
function check({ tool, kind, args }: Drawn, { result, error }: Answer): void {
  if (error !== undefined) {
    // arguments that are no object are no call
    expect({ kind, code: error.code }).toEqual({ kind: 'one thing off', code: -32602 });
    outcomes.add('refused');
    return;
  }
  const {
    content,
    structuredContent,
    isError = false,
  } = result as {
    content: { text: string }[];
    structuredContent?: unknown;
    isError?: boolean;
  };
  const text = content.map((each) => each.text).join('\n');
  outcomes.add(isError ? 'refused' : 'answered');
  outcomes.add(`${kind} ${isError ? 'refused' : 'answered'}`);
  if (isError) {
    // what is wrong, with which thing, and what to do next
    expect(text).toMatch(/^[^\n]{25,2500}[.?!]$/s);
    expect(text).not.toContain('Invalid input');
    return;
  }
  expect(JSON.parse(text)).toEqual(structuredContent);
  expect(outputs.get(tool)?.safeParse(structuredContent).error?.issues).toBeUndefined();
  const isWhole = (JSON.stringify(args) ?? '').includes('"full"');
  if (!isWhole) expect(text.length).toBeLessThanOrEqual(mostCharacters);
}

/** Sends calls at once, and looks at each answer. */
async function tryAll(all: Drawn[], world: World): Promise<void> {
  const sent = all.map(({ tool, args }) => ({
    method: 'tools/call',
    params: world.named(JSON.stringify({ name: tool, arguments: args })),
  }));
  const answers = await ask(sent);
  for (const [place, each] of all.entries()) {
    calls.add(each.tool);
    const answer = answers[place] as Answer;
    try {
      check(each, answer);
    } catch (problem) {
      const exchange = `${sent[place]?.params.slice(0, 2_000)}\n→ ${JSON.stringify(answer).slice(0, 2_000)}`;
      throw new Error(exchange, { cause: problem });
    }
    world.note(JSON.stringify(answer));
  }
  expect(server.defects).toBe('');
}

test(`every tool answers whatever it is sent, or says what is wrong (seed ${seed})`, async () => {
  const world = new World(sql, call);
  await world.refresh();
  const before = await memoryOf(server);
  // each tool once, whatever the time
  await tryAll(
    tools.flatMap((tool) => fc.sample(drawnOf(tool), { seed, numRuns: 1 })),
    world,
  );
  let bursts = 0;
  const drawn = fc.oneof(...tools.map(drawnOf));
  await storm(fc.array(drawn, { minLength: 1, maxLength: 8 }), { seeds: 12, part: 0.3 }, async (all) => {
    bursts += 1;
    if (bursts % 10 === 0) await world.refresh();
    await tryAll(all, world);
  });
  const after = await memoryOf(server);
  tell('hostile input: calls of tools', { 'by tool': calls.list(), 'by outcome': outcomes.list() });
  tell('hostile input: memory of the process of the tools', {
    'MiB before': before.resident,
    'MiB after': after.resident,
    'MiB live before': before.live,
    'MiB live after': after.live,
  });
  expect(after.resident - before.resident).toBeLessThan(mostGrowthMiB);
});

test('after the storm the store keeps its rules, and a client works as on any day', async () => {
  expect(await brokenInvariants(sql)).toEqual({});
  const calm = await aServerForTest({ database });
  const { answer } = await calm.call('create_goal', { description: 'a calm day' });
  await calm.call('break_down_goal', { goal_id: answer.id, subtasks: [{ description: 'a step' }] });
  const claimed = await calm.call('claim_tasks', { goal_id: answer.id });
  expect(claimed.answer).toMatchObject({ tasks: [{ description: 'a step' }] });
});
