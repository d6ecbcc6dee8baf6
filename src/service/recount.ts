import { v7 as uuidv7 } from 'uuid';
import { type Database, step } from '../store/database.ts';
import { forgetReadyStarts } from '../store/functions/move-ready-starts.ts';
import { followTaskLabels } from '../store/statements/labels.ts';
import { listWorkspaces } from '../store/statements/list-workspaces.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import {
  lockGoalsOfWorkspace,
  lockTasksOfWorkspace,
  lockWorkspaceExclusive,
} from '../store/statements/lock-workspace.ts';
import {
  findBrokenRules,
  findWrongGoalCounts,
  findWrongSubGoalCounts,
  findWrongTaskCounts,
  mendGoalCounts,
  mendSubGoalCounts,
  mendTaskCounts,
} from '../store/statements/recount.ts';
import type { PoolCall } from './call.ts';

/** What is wrong in one workspace, as sentences. */
export interface Recount {
  workspace: string;
  /** Counts that `mendCounts` mends. */
  counts: string[];
  /** Rows that break a rule in another way. */
  rules: string[];
}

/** Counts everything again, in every workspace. Changes nothing. */
export async function recount(database: Database): Promise<Recount[]> {
  const { workspaces } = await database.read({ workspaces: step(listWorkspaces, {}) });
  const recounts: Recount[] = [];
  for (const { id: workspaceId, name } of workspaces) {
    const params = { workspaceId };
    const { tasks, goals, parents, rules } = await database.read({
      tasks: step(findWrongTaskCounts, params),
      goals: step(findWrongGoalCounts, params),
      parents: step(findWrongSubGoalCounts, params),
      rules: step(findBrokenRules, params),
    });
    const counts = [
      ...tasks.map(({ id, kept, counted }) => `${id} waits for ${counted} tasks, and its count says ${kept}`),
      ...goals.map(
        ({ id, total, open, total_kept, open_kept }) =>
          `${id} has ${total} tasks, ${open} of them open, and its counts say ${total_kept} and ${open_kept}`,
      ),
      ...parents.map(
        ({ id, total, open, total_kept, open_kept }) =>
          `${id} has ${total} sub-goals, ${open} of them open, and its counts say ${total_kept} and ${open_kept}`,
      ),
    ];
    recounts.push({ workspace: name, counts, rules: rules.map(({ id, rule }) => `${id} ${rule}`) });
  }
  return recounts;
}

/** Mends the counts of a workspace, in one transaction in which nobody else changes a task of it. */
export async function mendCounts({ store }: PoolCall): Promise<{ goals: number; tasks: number }> {
  const { database, workspaceId } = store;
  const params = { workspaceId };
  return database.change(
    { workspaceId, id: uuidv7() },
    async (run) => {
      await run({ workspace: step(lockWorkspaceExclusive, params), graph: step(lockGraphExclusive, params) });
      await run({ tasks: step(lockTasksOfWorkspace, params), goals: step(lockGoalsOfWorkspace, params) });
      const { tasks, goals, parents } = await run({
        tasks: step(findWrongTaskCounts, params),
        goals: step(findWrongGoalCounts, params),
        parents: step(findWrongSubGoalCounts, params),
      });
      const { mendedTasks, mendedGoals, mendedParents } = await run({
        mendedTasks: step(mendTaskCounts, {
          ...params,
          ids: tasks.map(({ id }) => id),
          counts: tasks.map(({ counted }) => counted),
        }),
        mendedGoals: step(mendGoalCounts, {
          ...params,
          ids: goals.map(({ id }) => id),
          totals: goals.map(({ total }) => total),
          opens: goals.map(({ open }) => open),
        }),
        mendedParents: step(mendSubGoalCounts, {
          ...params,
          ids: parents.map(({ id }) => id),
          totals: parents.map(({ total }) => total),
          opens: parents.map(({ open }) => open),
        }),
        labels: step(followTaskLabels, params),
        starts: step(forgetReadyStarts.call, params),
      });
      const mended = new Set([...mendedGoals, ...mendedParents].map(({ id }) => id));
      return { goals: mended.size, tasks: mendedTasks.length };
    },
    { isPatient: true },
  );
}
