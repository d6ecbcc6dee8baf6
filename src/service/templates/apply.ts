import { v7 as uuidv7 } from 'uuid';
import { taskIdOf } from '../../domain/ids.ts';
import { resolveSubtaskDependencies } from '../../domain/subtasks.ts';
import { applied, type NewWork, type Parameters } from '../../domain/templates.ts';
import { type Run, step } from '../../store/database.ts';
import { violatedConstraint } from '../../store/failures.ts';
import { createGoal } from '../../store/functions/create-goal.ts';
import { lockGoals } from '../../store/statements/lock-goals.ts';
import { lockGraphShared } from '../../store/statements/lock-graph.ts';
import { workspaceIsGone } from '../../store/workspace-is-gone.ts';
import { type Call, type Recording, transact } from '../call.ts';
import { newGoalRow } from '../new-goal.ts';
import { newTasksSteps, newTaskWords } from '../new-tasks.ts';
import { lockParent } from '../refuse-parent.ts';
import { dayIn } from './next-time.ts';
import { getTemplate } from './templates.ts';

/** A goal that was made, and its tasks, in the order in which the template names them. */
export interface Made {
  goalId: string;
  taskIds: string[];
}

/** Work that has its numbers: they are taken before anything is locked. */
export interface NumberedWork extends NewWork {
  goalNumber: number;
  firstTaskNumber: number;
}

/** What is made of a template: its parameters' values, and the goal under which its goal comes. */
export interface Application {
  name: string;
  parameters: Parameters;
  parentId?: string | undefined;
}

/**
 * Makes a template's goal with all of its tasks, as one operation.
 * @throws GoalAgentError `not_found`; `invalid` for parameters that are missing or unknown; what lockParent throws for a parent.
 */
export async function applyTemplate(call: Call, { name, parameters, parentId }: Application): Promise<Made> {
  const template = await getTemplate(call, name);
  const { workspaceId } = call.store;
  const { goal, subtasks } = applied(template, parameters, dayIn(new Date(), 'UTC'));
  const work = await withNumbers(call, { goal: { ...goal, parent_goal_id: parentId }, subtasks });
  const operationId = call.operationId ?? uuidv7();
  return transact(
    { ...call, operationId },
    async (run, record) => {
      if (parentId !== undefined) await lockParent(run, { workspaceId, parentId });
      return makeWork(run, { recording: await record(), operationId, actor: call.actor, work });
    },
    { rows: work.subtasks.length + 1 },
  ).catch((error) => {
    throw violatedConstraint(error) === 'goals_workspace_exists' ? workspaceIsGone() : error;
  });
}

export async function withNumbers({ store: { numbers } }: Pick<Call, 'store'>, work: NewWork): Promise<NumberedWork> {
  const goalNumber = await numbers.take('goal', 1);
  return { ...work, goalNumber, firstTaskNumber: await numbers.take('task', work.subtasks.length) };
}

interface Making {
  recording: Recording;
  /** The ID of the operation that is recorded. */
  operationId: string;
  actor: string;
  work: NumberedWork;
}

/** Makes a goal and its tasks within a transaction. */
export async function makeWork(run: Run, { recording, operationId, actor, work }: Making): Promise<Made> {
  const { workspaceId } = recording;
  const { goal, subtasks, goalNumber: number, firstTaskNumber: firstNumber } = work;
  const row = newGoalRow(workspaceId, number, goal);
  const goalId = row.id;
  const own = { workspaceId, operation: operationId, actor, taskIdLimit: 0 };
  const { goals } = await run({
    goal: step(createGoal.call, { ...own, ...row }),
    graph: step(lockGraphShared, { workspaceId }),
    goals: step(lockGoals, { workspaceId, goalIds: [goalId] }),
  });
  await run(
    newTasksSteps(recording, {
      ...{ goalId, subtasks, dependencies: resolveSubtaskDependencies(subtasks), firstNumber },
      ...{ satisfied: new Map(), opensGoal: false, before: goals },
      words: newTaskWords(workspaceId, { subtasks, firstNumber }),
    }),
  );
  return { goalId, taskIds: subtasks.map((_, place) => taskIdOf(firstNumber + place)) };
}
