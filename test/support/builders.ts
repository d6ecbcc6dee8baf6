import type { Subtask } from '../../src/domain/subtasks.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { createGoal } from '../../src/service/goals.ts';

/** A goal, and its ID. */
export async function aGoal(
  call: Call,
  description = 'a goal',
  repos: string[] = [],
  labels: string[] = [],
): Promise<string> {
  return (await createGoal(call, { description, priority: 'medium', repos, labels, metadata: {} })).id;
}

export function aSubtask(fields: Partial<Subtask> = {}): Subtask {
  return {
    description: 'a task',
    type: 'general',
    priority: 'medium',
    repo: null,
    jira_ticket: null,
    estimated_effort: null,
    tools: [],
    dependencies: [],
    ...fields,
  };
}

/** A task of this goal, and its ID. */
export async function aTask(call: Call, goalId: string, dependsOn: string[] = []): Promise<string> {
  const { taskIds } = await breakDownGoal(call, goalId, [aSubtask({ dependencies: dependsOn })]);
  return taskIds[0] as string;
}

/** As many tasks of this goal that wait for nothing, and their IDs. */
export async function someTasks(call: Call, goalId: string, count: number): Promise<string[]> {
  return (
    await breakDownGoal(
      call,
      goalId,
      Array.from({ length: count }, () => aSubtask()),
    )
  ).taskIds;
}
