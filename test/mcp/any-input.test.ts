import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { argumentsFor, aText } from '../support/any-input.ts';
import { aConversation, allTools } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { wholeSchema } from '../support/schema-subsets.ts';

const inputsPerTool = 100;
const mostRounds = 10;

const { server, sql, ask } = await aConversation('modern', allTools);

beforeAll(async () => {
  await ask('create_goal', { description: 'a goal', metadata: { a: 1 } });
  await ask('break_down_goal', {
    goal_id: 'GOAL-0001',
    subtasks: [{ description: 'a' }, { description: 'b', dependencies: ['#1'] }, { description: 'c' }],
  });
  await ask('save_template', { name: 'weekly', goal_id: 'GOAL-0001' });
});

// deletions last: what they take away, the others have been tried on
const inOrder = tools.toSorted((a, b) => Number(a.name.startsWith('delete')) - Number(b.name.startsWith('delete')));

describe('whatever arguments are sent', () => {
  test.each(inOrder)('$name answers, or says what is wrong with them', async ({ name, input }) => {
    let answered = 0;
    // an undo may have taken it back
    const template = { description: 'a goal', tasks: [{ description: 'a' }] };
    await server.call('save_template', { name: 'weekly', template });
    const property = fc.asyncProperty(argumentsFor(wholeSchema(input)), async (args) => {
      const { text, error } = await server.call(name, args);
      if (error === undefined) answered += 1;
      expect(text.length).toBeGreaterThan(0);
      expect(error ?? '').not.toContain('Something went wrong');
      expect((error ?? '').length).toBeLessThan(3_000);
    });
    // a generator whose inputs are all refused by the check would try nothing behind it; few of a strict tool's get through
    for (let round = 0; round < mostRounds && answered === 0; round += 1) {
      await fc.assert(property, { numRuns: inputsPerTool });
    }
    expect(answered).toBeGreaterThan(0);
  });

  test('a key as long as a page is named in a line', async () => {
    for (const tool of ['apply_template', 'recur_template']) {
      const { error = '' } = await server.call(tool, {
        name: 'weekly',
        rule: '0 9 * * *',
        parameters: { ['k'.repeat(20_000)]: 1 },
      });
      expect([tool, error]).toEqual([tool, expect.stringMatching(/^.{20,500}$/s)]);
    }
  });

  test.each(['goal://', 'task://', 'plan://'])('a page of %s is shown, or it is said what is wrong', async (start) => {
    await fc.assert(
      fc.asyncProperty(aText(), async (id) => {
        const uri = `${start}${encodeURIComponent(id.replaceAll(/\p{Surrogate}/gu, '?'))}`;
        const error = await server.client.readResource({ uri }).catch((thrown) => thrown);
        expect(String(error.message ?? '')).not.toContain('Something went wrong');
      }),
      { numRuns: 50 },
    );
  });

  test('what was taken keeps every rule of the store, and no defect is in the log', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
    expect(server.stderr()).not.toMatch(/a defect in/);
  });
});
