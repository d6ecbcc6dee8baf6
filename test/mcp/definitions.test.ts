import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { contextLimits } from '../../bench/tokens/limits.ts';
import type { Tool } from '../../src/tools/define/define-tool.ts';
import { listedSchema } from '../../src/tools/define/listed-schema.ts';
import { tools } from '../../src/tools/index.ts';
import { chooseTools } from '../../src/tools/toolsets.ts';
import { aConversation } from '../support/conversation.ts';
import { aServer, aServerForTest, eras } from '../support/server-process.ts';

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
const [first] = conversations as [(typeof conversations)[0]];
const defined = (await first.server.client.listTools()).tools;
const sizes = defined.map(({ name, description, inputSchema }) => ({
  name,
  size: `${name}${description}${JSON.stringify(inputSchema)}`.length,
}));

test('the definitions of the tools are what was reviewed', async () => {
  await expect(`${JSON.stringify(defined, null, 2)}\n`).toMatchFileSnapshot('__snapshots__/tools.json.txt');
});

test('the fourteen tools of v3.0 take at most 4,800 characters', () => {
  const core = chooseTools({ names: ['core'], readOnly: false }).map((tool) => tool.name);
  const total = sizes.filter(({ name }) => core.includes(name)).reduce((sum, { size }) => sum + size, 0);
  expect(core).toHaveLength(14);
  expect(total).toBeLessThanOrEqual(contextLimits.core);
});

test('the limits are those that were promised', () => {
  expect(contextLimits).toEqual({ tool: 700, core: 4_800, default: 8_000, instructions: 1_500, session: 10_000 });
});

test('all tools together take at most 8,000 characters of a context window, and each at most 700', () => {
  expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(contextLimits.default);
  expect(sizes.filter(({ size }) => size > contextLimits.tool)).toEqual([]);
});

test('a description is short and starts with what the tool is for', () => {
  for (const { name, description = '' } of defined) {
    expect(description.length, name).toBeLessThanOrEqual(200);
    expect(description, name).toMatch(/^(Start|Break|What|Say|See|Find|Change|Plan|Remove|Check|Take|Give|Write) /);
  }
});

test('each tool sets all four annotations, and none reaches beyond the store', () => {
  const kinds: Record<'reads' | 'writes' | 'destroys', string[]> = { reads: [], writes: [], destroys: [] };
  for (const { name, annotations } of defined) {
    expect(annotations, name).toEqual({
      readOnlyHint: expect.any(Boolean),
      destructiveHint: expect.any(Boolean),
      idempotentHint: expect.any(Boolean),
      openWorldHint: false,
    });
    const kind = annotations?.readOnlyHint ? 'reads' : annotations?.destructiveHint ? 'destroys' : 'writes';
    kinds[kind].push(name);
  }
  expect(kinds).toEqual({
    reads: expect.arrayContaining(['get_goal', 'list_goals', 'get_task', 'get_next_tasks', 'batch_get_tasks']),
    writes: [
      'create_goal',
      'break_down_goal',
      'update_task_status',
      'claim_tasks',
      'release_tasks',
      'acquire',
      'release',
      'add_note',
      'update_goal',
      'update_task',
      'batch_update_tasks',
    ],
    destroys: ['undo', 'delete_task', 'delete_goal'],
  });
});

test('each tool has a title that a person can read', () => {
  expect(defined.map(({ title }) => title)).toEqual(expect.arrayContaining(['Create goal', 'Undo', 'Break down goal']));
  for (const { name, title = '' } of defined) {
    expect(title, name).toMatch(/^[A-Z][a-z ]+$/);
    expect(title.toLowerCase().replaceAll(' ', '_')).toBe(name);
  }
});

test('a tool whose name other programs use too says whose goals it works on, and the first one names the next', () => {
  const descriptions = new Map(defined.map(({ name, description = '' }) => [name, description]));
  for (const name of ['create_goal', 'get_goal', 'update_goal']) expect(descriptions.get(name)).toContain('Goal Agent');
  for (const next of ['break_down_goal', 'claim_tasks', 'update_task_status'])
    expect(descriptions.get('create_goal')).toContain(next);
});

test('nothing is declared that is not sent: the lists are not announced when they change', () => {
  for (const { server } of conversations) {
    const { tools, prompts, resources } = server.client.getServerCapabilities() ?? {};
    for (const declared of [tools, prompts, resources]) {
      expect(declared).toBeDefined();
      expect(declared?.listChanged ?? false).toBe(false);
    }
    expect(resources?.subscribe).toBe(true);
  }
});

test('the tools that are not listed by default are what was reviewed, and short too', async () => {
  const names = new Set(defined.map(({ name }) => name));
  const others = tools.filter(({ name }) => !names.has(name)).map(listed);
  expect(others.map(({ name }) => name)).toEqual(
    chooseTools({ names: ['templates'], readOnly: false }).map(({ name }) => name),
  );
  for (const { name, description, inputSchema } of others) {
    expect(`${name}${description}${JSON.stringify(inputSchema)}`.length, name).toBeLessThanOrEqual(contextLimits.tool);
  }
  await expect(`${JSON.stringify(others, null, 2)}\n`).toMatchFileSnapshot('__snapshots__/other-tools.json.txt');
});

/** As it is listed. */
function listed({ name, description, input, hints }: Tool) {
  return { name, description, inputSchema: listedSchema(input), annotations: hints };
}

test('each tool has a file of its name, and each file a tool', () => {
  const files = readdirSync(path.resolve(import.meta.dirname, '../../src/tools'));
  const expected = tools.map(({ name }) => `${name.replaceAll('_', '-')}.ts`);
  const others = ['index.ts', 'toolsets.ts', 'define', 'answers'];
  expect(files.filter((file) => !others.includes(file)).toSorted()).toEqual(expected.toSorted());
});

test('the list of tools is the same in both eras, in each process, and after calls', async () => {
  const { server, ask, database } = conversations[1] as (typeof conversations)[1];
  expect((await server.client.listTools()).tools).toEqual(defined);
  await ask('create_goal', { description: 'x' });
  await server.call('create_goal', { nonsense: true });
  expect((await server.client.listTools({}, { cacheMode: 'refresh' })).tools).toEqual(defined);
  const other = await aServerForTest({ database, env: { GOAL_AGENT_WORKSPACE: 'another' } });
  expect((await other.client.listTools()).tools).toEqual(defined);
});

test('the instructions are short and teach the loop', async () => {
  for (const { server } of conversations) {
    const instructions = server.client.getInstructions() ?? '';
    expect(instructions.length).toBeLessThanOrEqual(contextLimits.instructions);
    const loop = ['create_goal', 'break_down_goal', 'get_next_tasks', 'update_task_status'];
    const positions = loop.map((tool) => instructions.indexOf(tool));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions[0]).toBeGreaterThan(0);
    // Codex and Qwen Code have tools of these names, Claude Code has the command
    expect(instructions).toContain("A client's own create_goal, get_goal, update_goal or /goal is another tool");
  }
});

test('a client that negotiates by itself gets the newest revision', async () => {
  const server = await aServer({ database: first.database, era: 'auto' });
  expect(server.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
});

describe.each(conversations)('in the $era era', ({ server: { client }, ask }) => {
  const read = async (uri: string) => {
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([{ uri, mimeType: 'text/markdown', text: expect.any(String) }]);
    return (contents[0] as { text: string }).text;
  };
  const complete = async (uri: string, name: string, value: string) => {
    const ref = { type: 'ref/resource' as const, uri };
    return (await client.complete({ ref, argument: { name, value } })).completion.values;
  };
  const aPlannedGoal = async () => {
    const { id } = await ask<{ id: string }>('create_goal', { description: 'Ship it\nwith care', metadata: { k: 1 } });
    const { first_task_id: a, last_task_id: b } = await ask<Record<string, string>>('break_down_goal', {
      goal_id: id,
      subtasks: [
        { description: 'Design', estimated_effort: '4h' },
        { description: 'Build', dependencies: ['#1'], priority: 'high' },
      ],
    });
    await ask('update_task_status', { task_id: a, status: 'in_progress', result: { so: 'far' } });
    return { id, a, b };
  };

  test('goals, tasks, plans and skills are resources', async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ name, uriTemplate, mimeType }) => ({ name, uriTemplate, mimeType }))).toEqual([
      { name: 'goal', uriTemplate: 'goal://{id}', mimeType: 'text/markdown' },
      { name: 'task', uriTemplate: 'task://{id}', mimeType: 'text/markdown' },
      { name: 'plan', uriTemplate: 'plan://{goal_id}', mimeType: 'text/markdown' },
      { name: 'io.modelcontextprotocol/skills', uriTemplate: 'skill://{+path}' },
    ]);
  });

  test('a goal is a page with its tasks, a task with its result, a plan with its phases', async () => {
    const { id, a, b } = await aPlannedGoal();
    const goal = await read(`goal://${id}`);
    expect(goal).toContain(`# ${id}: \`Ship it\`\n\n**in progress**, medium priority, 0 of 2 tasks completed\n`);
    expect(goal).toContain(`- [~] **${a}** \`Design\`\n- [ ] **${b}** \`Build\` (after ${a})\n`);
    expect(goal).toContain('"k": 1');
    const task = await read(`task://${a}`);
    expect(task).toContain(`# ${a}: \`Design\`\n\n**in progress**, medium priority\n`);
    expect(task).toContain(`- Goal: ${id}\n`);
    expect(task).toContain('"so": "far"');
    const plan = await read(`plan://${id}`);
    expect(plan).toContain(`# Plan of ${id}: \`Ship it\`\n\n0 of 2 tasks completed; 2 left in 2 phases\n`);
    expect(plan).toContain(`## Critical path\n\n${a} → ${b}: 1d of work\n`);
    expect(await read(`goal://${id.toLowerCase()}`)).toBe(goal);
  });

  test('the goals that are under way and changed last are listed, for pickers', async () => {
    const { id: planned } = await ask<{ id: string }>('create_goal', { description: 'only planned' });
    const first = await aPlannedGoal();
    const second = await aPlannedGoal();
    await ask('add_note', { task_id: first.a, text: 'a change of one of its tasks' });
    const { resources } = await client.listResources({}, { cacheMode: 'refresh' });
    expect(resources.length).toBeLessThanOrEqual(30);
    expect(resources.slice(0, 2)).toEqual(
      [first.id, second.id].map((id) => ({
        uri: `goal://${id}`,
        name: id,
        title: `${id}: Ship it with care`,
        description: 'in progress, 0 of 2 tasks completed',
        mimeType: 'text/markdown',
      })),
    );
    expect(resources.map(({ name }) => name)).toContain(planned);
    expect(await read(resources[0]?.uri ?? '')).toContain(`# ${first.id}: `);
    await ask('update_goal', { goal_id: first.id, status: 'cancelled' });
    const { resources: later } = await client.listResources({}, { cacheMode: 'refresh' });
    expect(later[0]?.name).toBe(second.id);
  });

  test.each([undefined, {}, { outcome: '' }, { outcome: 'Ship' }])(
    'plan_goal says what to do with %j',
    async (args) => {
      const { messages } = await client.getPrompt({ name: 'plan_goal', ...(args && { arguments: args }) });
      const text = (messages[0]?.content as { text: string } | undefined)?.text;
      expect(text).toContain('Plan it with Goal Agent:');
      expect(text).toContain(args?.outcome ? 'only the first word of what I wrote' : 'that we have been talking about');
      if (args?.outcome) expect(text).toContain(args.outcome);
    },
  );

  test.each([
    [undefined, 'Review the goals that are under way'],
    [{ goal_id: ' ' }, 'Review the goals that are under way'],
    [{ goal_id: 'goal-1' }, 'Review GOAL-0001 with'],
    [{ goal_id: 'the' }, 'Review the goal that I mean by "the" with'],
  ])('review_goal says what to do with %j', async (args, start) => {
    const { messages } = await client.getPrompt({ name: 'review_goal', ...(args && { arguments: args }) });
    expect(messages[0]?.content).toMatchObject({ text: expect.stringMatching(new RegExp(`^${start}`)) });
  });

  test('IDs are completed, the newest first, at most 50', async () => {
    const { id, a, b } = await aPlannedGoal();
    expect((await complete('goal://{id}', 'id', ''))[0]).toBe(id);
    expect((await complete('goal://{id}', 'id', 'goal-'))[0]).toBe(id);
    expect((await complete('plan://{goal_id}', 'goal_id', id))[0]).toBe(id);
    expect((await complete('task://{id}', 'id', 'TASK-')).slice(0, 2)).toEqual([b, a]);
    expect(await complete('task://{id}', 'id', 'GOAL')).toEqual([]);
    await ask('break_down_goal', { goal_id: id, subtasks: Array.from({ length: 60 }, () => ({ description: 'x' })) });
    expect(await complete('task://{id}', 'id', '')).toHaveLength(50);
  });

  test('the prompts plan a goal and review one, with its ID completed', async () => {
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name, arguments: args }) => [name, args?.map((arg) => arg.name)])).toEqual([
      ['plan_goal', ['outcome']],
      ['review_goal', ['goal_id']],
    ]);
    expect(prompts.flatMap(({ arguments: args = [] }) => args.map((arg) => arg.required))).toEqual([false, false]);
    const outcome = 'Ship it; then {{rest}} $1';
    const plan = await client.getPrompt({ name: 'plan_goal', arguments: { outcome } });
    expect(plan.messages).toEqual([
      { role: 'user', content: { type: 'text', text: expect.stringContaining(outcome) } },
    ]);
    const review = await client.getPrompt({ name: 'review_goal', arguments: { goal_id: 'GOAL-0001' } });
    expect(review.messages[0]?.content).toMatchObject({ text: expect.stringContaining('Review GOAL-0001') });
    const ref = { type: 'ref/prompt' as const, name: 'review_goal' };
    const { completion } = await client.complete({ ref, argument: { name: 'goal_id', value: 'GOAL-000' } });
    expect(completion.values).toContain('GOAL-0001');
  });
});
