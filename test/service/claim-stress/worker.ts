import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../../../src/domain/errors.ts';
import { claimTasks, releaseTasks } from '../../../src/service/claims.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { readWorkspaceState } from '../../../src/service/workspace-state.ts';
import { openStore } from '../../../src/store/store.ts';
import type { Acknowledged } from './checker.ts';

// One claimer, a process of its own: it claims, works or sleeps over its lease, and completes, until nothing is open. What
// the store has acknowledged is written down at once, so that a kill -9 loses at most what was not acknowledged.

const { connection, agent, file, leaseSeconds } = JSON.parse(process.argv[2] ?? '{}');
const store = await openStore({
  connect: async () => connection,
  workspace: 'default',
  poolSize: 1,
  maxOverflow: 0,
  timeoutMs: 60_000,
  prepared: true,
  warn: () => {},
});
const call = { store, actor: agent as string };
const note = (line: Acknowledged) => appendFileSync(file, `${JSON.stringify(line)}\n`);

while ((await readWorkspaceState(call)).openTasks > 0) {
  const start = performance.now();
  const claimed = await claimTasks(call, { limit: 1, leaseSeconds });
  const [task] = claimed;
  if (task === undefined) {
    await sleep(20);
    continue;
  }
  note({ kind: 'claimed', task: task.id, fence: task.fence, agent, ms: performance.now() - start });
  const chance = Math.random();
  if (chance < 0.02) await sleep(leaseSeconds * 1000 * (1 + Math.random()));
  if (chance > 0.98) await releaseTasks(call, { taskIds: [task.id] });
  else await complete(task.id, task.fence);
}
await store.database.close();

async function complete(task: string, fence: number): Promise<void> {
  try {
    await setTaskStatus(call, { taskId: task, status: 'completed', result: { agent, fence }, fence });
    note({ kind: 'completed', task, fence, agent });
  } catch (error) {
    if (!(error instanceof GoalAgentError) || error.code !== 'conflict') throw error;
    note({ kind: 'refused', task, fence, agent });
  }
}
