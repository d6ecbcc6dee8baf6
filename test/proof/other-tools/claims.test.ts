import { beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import type { Call } from '../../../src/service/call.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { getTask } from '../../../src/service/tasks.ts';
import { aGoal, aSubtask, aTask, someTasks } from '../../support/builders.ts';
import { callsOf } from '../../support/database.ts';
import { repeats, tell } from '../../support/proof.ts';

const rounds = repeats('rounds', { briefly: 60, atLength: 10_000 });
let calls: Call[];

beforeAll(async () => {
  ({ calls } = await callsOf('ann', 'bob', 'cat', 'dan', 'eve', 'fay', 'gus', 'hal'));
});

describe('an 8-way race for one task has one winner, and not two, or seven', () => {
  it.each(['its name', 'its goal'] as const)('where each asks for it by %s', { timeout: 0 }, async (by) => {
    const [maker] = calls as [Call];
    for (let round = 0; round < rounds; round += 1) {
      const goalId = await aGoal(maker);
      const task = await aTask(maker, goalId);
      const wanted = by === 'its name' ? { taskIds: [task] } : { goalId };
      const answers = await Promise.all(
        calls.map((call) => claimTasks(call, { ...wanted, limit: 1, leaseSeconds: 60 })),
      );
      const winners = answers.flatMap((claimed, place) => claimed.map(({ fence }) => ({ place, fence })));
      expect(winners).toEqual([{ place: expect.any(Number), fence: 1 }]);
      // an agent that has lost cannot act as if it had won
      const loser = calls.find((_, place) => place !== winners[0]?.place) as Call;
      const late = setTaskStatus(loser, { taskId: task, status: 'completed' });
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
    }
    tell(`an 8-way race by ${by}`, { races: rounds, 'with two winners': 0, 'with none': 0 });
  });
});

it('the last of k concurrent completions makes the dependent ready, and it does not stay blocked', {
  timeout: 0,
}, async () => {
  const [call] = calls as [Call];
  let done = 0;
  for (; done < rounds; done += 1) {
    const k = 2 + (done % 7);
    const goal = await aGoal(call);
    const blockers = await someTasks(call, goal, k);
    const { taskIds } = await breakDownGoal(call, goal, [aSubtask({ dependencies: blockers })]);
    const answers = await Promise.all(
      blockers.map((taskId, place) => setTaskStatus(calls[place] as Call, { taskId, status: 'completed' })),
    );
    // the agent of one completion is told that it did so
    expect(answers.flatMap(({ madeReady }) => madeReady)).toEqual(taskIds);
    expect(await claimTasks(call, { goalId: goal, limit: 1, leaseSeconds: 60 })).toMatchObject([{ id: taskIds[0] }]);
  }
  tell('the last of k concurrent completions', { dependents: done, 'left blocked': 0 });
});

it('a status that one agent was told is set is not undone by what another writes at the same moment', {
  timeout: 0,
}, async () => {
  const [call] = calls as [Call];
  const perAgent = repeats('rounds', { briefly: 30, atLength: 3_000 });
  const goal = await aGoal(call);
  const six = await Promise.all(
    calls.slice(0, 6).map(async (each) => ({ each, tasks: await someTasksOfAnySize(each, goal, perAgent) })),
  );
  await Promise.all(
    six.map(async ({ each, tasks }) => {
      const outcome = { status: 'completed', result: { by: each.actor } } as const;
      for (const taskId of tasks) await setTaskStatus(each, { taskId, ...outcome });
    }),
  );
  for (const { each, tasks } of six) {
    for (const task of tasks) {
      expect(await getTask(call, task)).toMatchObject({ status: 'completed', result: { by: each.actor } });
    }
  }
  tell('six writers that each set statuses', { set: 6 * perAgent, kept: 6 * perAgent });
});

async function someTasksOfAnySize(call: Call, goal: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(...(await someTasks(call, goal, Math.min(1_000, count - ids.length))));
  return ids;
}
