import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../../../src/domain/errors.ts';
import type { PoolCall } from '../../../src/service/call.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';

/** Agents that claim one task after another and complete it. */
export interface Load {
  /** Lets them work for so long; how many tasks a second were completed. */
  work(ms: number): Promise<number>;
  /** The tasks of which an agent was told that they are completed. */
  completed: string[];
  /** What agents were told when something did not go on, by its code. */
  refused: Map<string, number>;
}

export function aLoad(call: PoolCall, agents: number): Load {
  const completed: string[] = [];
  const refused = new Map<string, number>();
  const once = async (agent: PoolCall) => {
    const [task] = await claimTasks(agent, { limit: 1, leaseSeconds: 5 });
    if (task === undefined) return sleep(5);
    await setTaskStatus(agent, { taskId: task.id, status: 'completed', fence: task.fence });
    completed.push(task.id);
  };
  const loop = async (agent: PoolCall, until: number) => {
    while (performance.now() < until) {
      try {
        await once(agent);
      } catch (error) {
        // what an agent is told is an error of ours, whatever befell the database
        if (!(error instanceof GoalAgentError)) throw error;
        refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
        await sleep(20);
      }
    }
  };
  return {
    completed,
    refused,
    async work(ms) {
      const before = completed.length;
      const start = performance.now();
      const each = (_: unknown, n: number) => loop({ ...call, actor: `agent-${n}` }, start + ms);
      await Promise.all(Array.from({ length: agents }, each));
      return ((completed.length - before) * 1000) / (performance.now() - start);
    },
  };
}
