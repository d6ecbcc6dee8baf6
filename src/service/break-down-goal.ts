import { listed } from '../domain/dependency-change.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { Goal } from '../domain/goal.ts';
import { taskIdOf } from '../domain/ids.ts';
import { answerBudget, limits } from '../domain/limits.ts';
import { resolveSubtaskDependencies, type Subtask } from '../domain/subtasks.ts';
import { step } from '../store/database.ts';
import { countSubGoals } from '../store/functions/count-sub-goals.ts';
import type { Row } from '../store/statement.ts';
import { findGoal } from '../store/statements/find-goal.ts';
import { findTaskStatuses } from '../store/statements/find-task-statuses.ts';
import { listGoalsAbove } from '../store/statements/list-goals-above.ts';
import { listSameTexts } from '../store/statements/list-same-texts.ts';
import { listTasksById } from '../store/statements/list-tasks-by-id.ts';
import { lockGoalsUpward } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive, lockGraphShared } from '../store/statements/lock-graph.ts';
import { type Call, goalNotFound, type Recording, read, transact } from './call.ts';
import { goalOf } from './goals.ts';
import { newTasksSteps, newTaskWords } from './new-tasks.ts';
import { refuseLaidAside } from './refuse-parent.ts';
import { type ListedTask, listedTask } from './tasks.ts';

/** The goal as it is then, the IDs of all new tasks in the order of the subtasks, and the first tasks themselves. */
export interface Breakdown {
  goal: Goal;
  taskIds: string[];
  tasks: ListedTask[];
  /** Tasks that the goal had before with the text of a new one: the first of them. */
  alreadyThere: { id: string; status: string }[];
}

/** Tasks with the text of a new one that are named. */
const namedSameTexts = 20;

/** What the store says of the goal and of the tasks that exist already, which subtasks depend on. */
interface Surroundings {
  /** The goal and what is above it. */
  above: Row<typeof listGoalsAbove>[];
  /** By ID: whether those that depend on the task may go on. */
  satisfied: Map<string, boolean>;
}

/**
 * Adds tasks to a goal, with their dependencies: all of them or, with an error, none.
 *
 * @throws GoalAgentError `invalid` for what resolveSubtaskDependencies refuses; `not_found` for the goal or a task that
 *   a subtask depends on; `conflict` when the goal is cancelled.
 */
export async function breakDownGoal(call: Call, goalId: string, subtasks: Subtask[]): Promise<Breakdown> {
  const { workspaceId, numbers } = call.store;
  const dependencies = resolveSubtaskDependencies(subtasks);
  const existingIds = [
    ...new Set(dependencies.flatMap(({ inOrder }) => inOrder.filter((each) => typeof each === 'string'))),
  ];
  const statuses = step(findTaskStatuses, { workspaceId, taskIds: existingIds });
  const texts = subtasks.map(sameText);
  const seen = await read(call, {
    statuses,
    above: step(listGoalsAbove, { workspaceId, goalIds: [goalId] }),
    sameTexts: step(listSameTexts, { workspaceId, goalId, texts, limit: namedSameTexts }),
  });
  // before any number is taken, so that a refused call leaves no gap in the IDs that people see
  refuse(goalId, existingIds, { above: seen.above, satisfied: satisfiedById(seen.statuses) });

  const firstNumber = await numbers.take('task', subtasks.length);
  const taskIds = subtasks.map((_, place) => taskIdOf(firstNumber + place));
  const words = newTaskWords(workspaceId, { subtasks, firstNumber });
  return transact(
    call,
    async (run, record) => {
      // New tasks that depend on new ones only meet nobody. Where they depend on tasks that exist, the status of those
      // is counted and must stand still: test "a dependency is completed while a task is added to it". Where they open
      // a completed goal, or one above it, what that left unfinished is taken up again.
      const meetsOthers = existingIds.length > 0 || seen.above.some(({ status }) => status === 'completed');
      const locked = await run({
        graph: step(meetsOthers ? lockGraphExclusive : lockGraphShared, { workspaceId }),
        goals: step(lockGoalsUpward, { workspaceId, goalIds: [goalId] }),
        above: step(listGoalsAbove, { workspaceId, goalIds: [goalId] }),
        statuses,
      });
      const goalBefore = locked.goals.find(({ id }) => id === goalId);
      const surroundings = { above: locked.above, satisfied: satisfiedById(locked.statuses) };
      refuse(goalId, existingIds, surroundings);
      const recorded = await record();
      const reopens = goalBefore?.status === 'completed';
      const { satisfied } = surroundings;
      const before = locked.goals.filter(({ id }) => id === goalId);
      const tasks = { goalId, subtasks, dependencies, firstNumber, satisfied, opensGoal: reopens, before, words };
      const written = await run({
        ...newTasksSteps(recorded, tasks),
        above: countOnParent(recorded, goalBefore),
        goals: step(findGoal, { workspaceId, taskIdLimit: limits.subtasksPerCall, goalId }),
        listed: step(listTasksById, {
          workspaceId,
          textLimit: answerBudget.listText,
          taskIds: taskIds.slice(0, limits.page),
        }),
      });
      const goal = goalOf(written.goals, goalId);
      return { goal, taskIds, tasks: written.listed.map(listedTask), alreadyThere: seen.sameTexts };
    },
    { rows: subtasks.length + 1 },
  );
}

/** New tasks open what is above their goal, where that was completed. */
function countOnParent(recorded: Recording, goal: Row<typeof lockGoalsUpward> | undefined) {
  if (goal === undefined || goal.parent_goal_id === null) return undefined;
  return step(countSubGoals.call, {
    ...recorded,
    goalIds: [goal.parent_goal_id],
    totals: [0],
    opened: [goal.status === 'completed' ? 1 : 0],
    restarts: [true],
  });
}

/** As list_same_texts compares it. */
function sameText({ description }: Subtask): string {
  return description.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

function refuse(goalId: string, existingIds: string[], { above, satisfied }: Surroundings): void {
  if (above.length === 0) throw goalNotFound(goalId);
  refuseLaidAside(above, 'nothing was added to it');
  const missing = existingIds.filter((id) => !satisfied.has(id));
  if (missing.length > 0) {
    throw new GoalAgentError(
      'not_found',
      `Nothing was created: ${listed(missing)} ${missing.length === 1 ? 'does' : 'do'} not exist. To depend on a subtask of the same call, use its place (#1) or its key.`,
    );
  }
}

function satisfiedById(rows: { id: string; satisfies: boolean }[]): Map<string, boolean> {
  return new Map(rows.map((row) => [row.id, row.satisfies]));
}
