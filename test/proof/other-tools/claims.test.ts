import { beforeAll, expect, it } from 'vitest';
import type { Call } from '../../../src/service/call.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { aGoal, aTask } from '../../support/builders.ts';
import { callsOf } from '../../support/database.ts';
import { repeats, tell } from '../../support/proof.ts';

const rounds = repeats('rounds', { briefly: 60, atLength: 10_000 });
let calls: Call[];

beforeAll(async () => {
  ({ calls } = await callsOf('ann', 'bob', 'cat', 'dan', 'eve', 'fay', 'gus', 'hal'));
});

it('an 8-way race for one task has one winner, and not two, or seven', { timeout: 0 }, async () => {
  const [maker] = calls as [Call];
  for (let round = 0; round < rounds; round += 1) {
    const task = await aTask(maker, await aGoal(maker));
    const wanted = { taskIds: [task], limit: 1, leaseSeconds: 60 };
    const answers = await Promise.all(calls.map((call) => claimTasks(call, wanted)));
    const winners = answers.flatMap((claimed, place) => claimed.map(({ fence }) => ({ place, fence })));
    expect(winners).toEqual([{ place: expect.any(Number), fence: 1 }]);
    // who has lost cannot act as if it had won
    const loser = calls.find((_, place) => place !== winners[0]?.place) as Call;
    const late = setTaskStatus(loser, { taskId: task, status: 'completed' });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
  }
  tell('an 8-way race for one task', { races: rounds, 'with two winners': 0, 'with none': 0 });
});
