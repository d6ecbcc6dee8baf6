import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { accessTo } from '../../bench/eval/access.ts';
import { call, type ToolCall } from '../../bench/eval/case.ts';
import { suites } from '../../bench/eval/cases/index.ts';
import { reportScored } from '../../bench/eval/report.ts';
import { keepResults } from '../../bench/eval/results.ts';
import { runAgainst } from '../../bench/eval/run.ts';
import { instructions } from '../../src/mcp/instructions.ts';
import { chooseTools } from '../../src/tools/toolsets.ts';
import { aFakeModel } from './fake-model.ts';
import { servicesOf } from './services.ts';

const withService = await servicesOf(suites);
const cases = suites.flatMap((suite) => suite.cases);
const [silent, mistaken, careless] = ['What should I work on next?', 'Lock src/auth while I edit there.', 'I finished'];

/** Right but for three tasks: in one it only talks, in one it takes another tool, in one it says nothing of the retries. */
function firstCall(says: string): ToolCall | undefined {
  if (says === silent) return undefined;
  if (says === mistaken) return call('claim_tasks', { labels: ['src/auth'] });
  if (says.startsWith(careless)) return call('update_task_status', { task_id: 'TASK-0012', status: 'completed' });
  return cases.find((each) => each.says === says)?.calls[0];
}

const refusals = [
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 529, headers: { 'retry-after': '0' } },
];

test.each([
  { form: 'anthropic', path: '/v1/messages', key: 'x-api-key', secret: 'sk-1' },
  { form: 'openai', path: '/chat/completions', key: 'authorization', secret: 'Bearer sk-1' },
])('a run against a model that is asked as $form scores its first calls', async ({ form, path, key, secret }) => {
  const { url, asked } = await aFakeModel(firstCall, [...refusals]);
  const variable = form.toUpperCase();
  const env = { [`${variable}_API_KEY`]: 'sk-1', [`${variable}_BASE_URL`]: `${url}/` };
  const { api, ...model } = accessTo('fake-1', { api: undefined, env });

  const scored = await runAgainst(model, withService);
  const lines: string[] = [];
  reportScored(scored, (line) => lines.push(line));

  expect(api).toBe(form);
  expect(scored).toHaveLength(cases.length);
  expect(lines).toContain(`wrong: ${silent}`);
  expect(lines).toContain('  no call: Let me see.');
  expect(lines).toContain('  claim_tasks {"labels":["src/auth"]}');
  expect(lines.at(-2)).toContain(`${cases.length - 2} of ${cases.length}`);
  expect(lines.at(-1)).toContain(`${cases.length - 3} of ${cases.length}`);
  expect(asked).toHaveLength(cases.length + refusals.length);
  expect(asked.every((each) => each.path === path && each.headers[key] === secret)).toBe(true);
});

test('a model gets the instructions and the tools as the server lists them', async () => {
  const { url, asked } = await aFakeModel(() => undefined, []);
  const { ask, access } = accessTo('fake-1', { api: 'anthropic', env: { ANTHROPIC_BASE_URL: url } });
  await runAgainst({ ask, access }, withService);

  const { body } = asked.find((each) => each.body.messages[0].content === silent) ?? {};
  expect(body.model).toBe('fake-1');
  expect(body.system).toContain(instructions);
  expect(body.tools.map((tool: { name: string }) => tool.name)).toEqual(
    chooseTools({ names: ['core', 'team'], readOnly: false }).map(({ name }) => name),
  );
  expect(body.tools[0]).toEqual({
    name: 'create_goal',
    description: expect.stringMatching(/^Start a goal/),
    input_schema: expect.objectContaining({ type: 'object', required: ['description'] }),
  });
});

test('an answer that no repeat mends ends the run, and a model without an address is refused', async () => {
  const { url } = await aFakeModel(firstCall, [{ status: 401 }, { status: 401 }]);
  const model = accessTo('fake-1', { api: undefined, env: { OPENAI_BASE_URL: url } });
  await expect(runAgainst(model, withService)).rejects.toThrow(/chat\/completions: 401 .*not now/);
  expect(() => accessTo('fake-1', { api: undefined, env: {} })).toThrow(/set ANTHROPIC_API_KEY/);
});

test('what a model called is kept with its name, the date and the version', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-eval-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = { model: 'vendor/fake:1', api: 'openai', version: '3.0.0', date: new Date('2026-11-28T12:00:00Z') };
  const wrong = {
    says: 'Undo.',
    called: call('search', { query: 'x' }),
    words: '',
    isRightTool: false,
    isRight: false,
  };
  const file = keepResults(folder, run, [wrong, { ...wrong, says: 'Search.', isRightTool: true, isRight: true }]);

  expect(path.basename(file)).toBe('2026-11-28-vendor-fake-1.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    model: 'vendor/fake:1',
    api: 'openai',
    version: '3.0.0',
    date: '2026-11-28T12:00:00.000Z',
    tasks: 2,
    right_tool: 1,
    right_call: 1,
    wrong: [{ says: 'Undo.', called: { tool: 'search', input: { query: 'x' } } }],
  });
});
