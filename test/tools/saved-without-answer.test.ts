import { expect, it } from 'vitest';
import { GoalAgentError } from '../../src/domain/errors.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { claimTasks } from '../../src/tools/claim-tasks.ts';
import type { Tool } from '../../src/tools/define/define-tool.ts';
import { releaseTasks } from '../../src/tools/release-tasks.ts';
import { updateGoal } from '../../src/tools/update-goal.ts';
import { ask } from '../service/waits/support.ts';
import { aGoal, someTasks } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';

const { calls, sql } = await callsOf('ann', 'bob');
const [ann, bob] = calls;

/** The same call, on a database that answers no read any more once it has changed something. */
function goneAfterChange(call: PoolCall): PoolCall {
  let isGone = false;
  const database = new Proxy(call.store.database, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === 'read' && isGone) {
        return () => Promise.reject(new GoalAgentError('unavailable', 'The database is away. Try again in a moment.'));
      }
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result = value.apply(target, args);
        return name === 'change' ? Promise.resolve(result).finally(() => (isGone = true)) : result;
      };
    },
  });
  return { ...call, store: { ...call.store, database } };
}

const eventCount = async () => (await sql.query('select count(*)::int4 as n from events')).rows[0].n;

async function refusal(tool: Tool, args: Record<string, unknown>) {
  const before = await eventCount();
  const told = await ask(tool, goneAfterChange(ann), args).catch((error: GoalAgentError) => error);
  const { code, message } = told instanceof GoalAgentError ? told : { code: 'ok', message: '' };
  return { code, message, hasChanged: (await eventCount()) > before };
}

const saved = {
  code: 'unknown_outcome',
  message: expect.stringMatching(/^The change was saved, .*Do not repeat it/),
  hasChanged: true,
};

it('a change that is saved is called so where what is read for its answer cannot be read', async () => {
  const goal = await aGoal(ann);
  const [one = '', two = '', three = ''] = await someTasks(ann, goal, 3);
  await ask(claimTasks, bob, { task_ids: [two, three] });
  expect(await refusal(claimTasks, { task_ids: [one, two] })).toEqual(saved);
  expect(await refusal(releaseTasks, { task_ids: [one, three] })).toEqual(saved);
  expect(await refusal(updateGoal, { goal_id: goal, status: 'cancelled' })).toEqual(saved);
});

it('a call that changed nothing may be repeated, and is told so', async () => {
  const [held = ''] = await someTasks(ann, await aGoal(ann), 1);
  await ask(claimTasks, bob, { task_ids: [held] });
  expect(await refusal(claimTasks, { task_ids: [held] })).toEqual({
    code: 'unavailable',
    message: expect.stringContaining('Try again'),
    hasChanged: false,
  });
});
