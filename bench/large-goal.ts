import { breakDownGoal } from '../src/service/break-down-goal.ts';
import type { PoolCall } from '../src/service/call.ts';
import { claimTasks } from '../src/service/claims.ts';
import { deleteGoal } from '../src/service/delete-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { undo } from '../src/service/undo.ts';
import { aSubtask } from '../test/support/builders.ts';
import { table } from './measure.ts';

const count = 10_000;
const perCall = 1_000;

/** A goal with 10,000 tasks in a chain is deleted, and comes back, while another agent makes goals and claims tasks. */
export async function benchLargeGoal(call: PoolCall, print: (line: string) => void): Promise<void> {
  const newGoal = { description: 'large', priority: 'low' as const, repos: [], metadata: {} };
  const goal = (await createGoal(call, newGoal)).id;
  const subtasks = Array.from({ length: perCall }, (_, n) => aSubtask({ dependencies: n > 0 ? [`#${n}`] : [] }));
  for (let n = 0; n < count; n += perCall) await breakDownGoal(call, goal, subtasks);
  const other = { ...call, actor: 'another' };
  const rows: (string | number)[][] = [
    [`a goal with ${count.toLocaleString('en')} tasks (s)`, 'it takes', 'others wait at most'],
  ];
  const timed = async (name: string, work: () => Promise<unknown>) => {
    let isOver = false;
    let longest = 0;
    const others = (async () => {
      while (!isOver) {
        const start = performance.now();
        await createGoal(other, newGoal);
        await claimTasks(other, { limit: 1, leaseSeconds: 900 });
        longest = Math.max(longest, performance.now() - start);
      }
    })();
    const start = performance.now();
    await work();
    const elapsed = performance.now() - start;
    isOver = true;
    await others;
    rows.push([name, elapsed / 1_000, longest / 1_000]);
  };
  await timed('delete', () => deleteGoal(call, goal));
  await timed('undo', () => undo(call, undefined));
  table(rows, print);
}
