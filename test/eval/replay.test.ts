import { describe, expect, test } from 'vitest';
import { call, type EvalCase } from '../../bench/eval/case.ts';
import { suites } from '../../bench/eval/cases/index.ts';
import { isRight, replay } from '../../bench/eval/replay.ts';
import { tools } from '../../src/tools/index.ts';
import { servicesOf } from './services.ts';

const withService = await servicesOf(suites);
const cases = suites.flatMap((suite) => suite.cases);

test('every tool is the right one for some task', () => {
  const right = new Set(cases.flatMap(({ accepts }) => accepts.map(({ tool }) => tool)));
  expect(tools.map(({ name }) => name).filter((name) => !right.has(name))).toEqual([]);
});

describe.each(suites)('what a good agent calls does what the task asks for, with $toolsets', (suite) => {
  test.each([...suite.cases])('$says', async (evalCase) => {
    expect(await withService(suite.toolsets, (service) => replay(service, evalCase))).toBeUndefined();
  });
});

test('a call with another argument, or of another tool, is not taken for right', () => {
  const { tool, input } = finished().calls[0];
  expect(isRight(finished(), { tool, input })).toBe(true);
  expect(isRight(finished(), { tool, input: { ...input, task_id: 'TASK-0013' } })).toBe(false);
  expect(isRight(finished(), { tool, input: { ...input, result: 'Done.' } })).toBe(false);
  expect(isRight(finished(), { tool: 'add_note', input })).toBe(false);
});

test('calls that are accepted and come to nothing are told as wrong', async () => {
  const idle: EvalCase = {
    ...finished(),
    accepts: [{ tool: 'get_task' }],
    calls: [call('get_task', { task_id: 'TASK-0012' })],
  };
  const wrong = await withService('core,team', (service) => replay(service, idle));
  expect(wrong).toMatch(/^not as it has to be: .*"status":"pending"/);
});

function finished(): EvalCase {
  const found = cases.find(({ says }) => says.startsWith('I finished TASK-0012'));
  if (found === undefined) throw new Error('no such task');
  return found;
}
