import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PoolCall } from '../../src/service/call.ts';
import { createGoal, updateGoal } from '../../src/service/goals.ts';
import { answerOnce } from '../../src/service/requests.ts';
import { aGoal } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';

let calls: [PoolCall, PoolCall];
let sql: pg.Client;

beforeAll(async () => {
  ({ calls, sql } = await callsOf('tester', 'tester'));
});

const aRequest = (args: Record<string, unknown> = {}) => ({ id: randomUUID(), tool: 'test', args });

describe('a request', () => {
  it.each([true, false])('of two processes at the same moment has one answer (with a change: %s)', async (changes) => {
    for (let round = 0; round < 10; round += 1) {
      const request = aRequest();
      let begun = 0;
      const answers = await Promise.all(
        calls.map((call) =>
          answerOnce(call, request, async (combined) => {
            begun += 1;
            // both have looked for an answer, and found none
            await expect.poll(() => begun, { timeout: 20_000, interval: 5 }).toBe(2);
            const goal = { description: request.id, priority: 'low' as const, repos: [], metadata: {} };
            return changes ? { id: (await createGoal(combined, goal)).id } : { id: Math.random() };
          }),
        ),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(begun).toBe(2);
      const { rows } = await sql.query('select id from goals where description = $1', [request.id]);
      expect(rows).toEqual(changes ? [answers[0]] : []);
    }
  });

  it('of two that go by the same revision one is done, and the other is told that the row has changed', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await aGoal(calls[0]);
      let holding = 0;
      const outcomes = await Promise.allSettled(
        calls.map((call) =>
          answerOnce(
            call,
            { ...aRequest(), expected: { kind: 'goal', id, revision: 1, changedTo: () => {} } },
            async (own) => {
              holding += 1;
              await new Promise((resolve) => setTimeout(resolve, 20));
              const { description } = await updateGoal(own, id, { description: `by ${holding}` });
              return { description };
            },
          ),
        ),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'changed' } });
      expect(holding).toBe(1);
    }
  });

  it('that meets a defect fails with it as it is, and may be asked again', async () => {
    const request = aRequest();
    const [call] = calls;
    const broken = new Error('a defect');
    await expect(answerOnce(call, request, () => Promise.reject(broken))).rejects.toBe(broken);
    expect(await answerOnce(call, request, async () => ({ mended: true }))).toEqual({ mended: true });
  });

  it('is the same where its arguments are, whatever their order, down to the names of keys', async () => {
    const [call, other] = calls;
    const parsed = (json: string) => JSON.parse(json) as Record<string, unknown>;
    const request = aRequest(parsed('{"a":{"x":1,"__proto__":{"y":[1,null]}},"b":"\\u0000"}'));
    await answerOnce(call, request, async () => ({ n: 1 }));
    const again = async () => ({ n: 2 });
    const turned = { ...request, args: parsed('{"b":"\\u0000","a":{"__proto__":{"y":[1,null]},"x":1}}') };
    expect(await answerOnce(other, turned, again)).toEqual({ n: 1 });
    const others = ['{"a":{"x":1},"b":"\\u0000"}', '{"a":{"x":1,"__proto__":{"y":[null,1]}},"b":"\\u0000"}', '{}'];
    for (const json of others) {
      await expect(answerOnce(call, { ...request, args: parsed(json) }, again)).rejects.toMatchObject({
        code: 'conflict',
      });
    }
  });
});
