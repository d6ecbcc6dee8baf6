import { newCriterion } from '../domain/criteria.ts';
import { listed } from '../domain/dependency-change.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { Goal } from '../domain/goal.ts';
import { taskIdOf } from '../domain/ids.ts';
import { asJson } from '../domain/json.ts';
import { answerBudget, limits } from '../domain/limits.ts';
import { resolveSubtaskDependencies, type Subtask, type SubtaskDependencies } from '../domain/subtasks.ts';
import { step } from '../store/database.ts';
import { countSubGoals } from '../store/functions/count-sub-goals.ts';
import { moveReadyStartsBack } from '../store/functions/move-ready-starts.ts';
import type { Row } from '../store/statement.ts';
import { addTasksToGoal } from '../store/statements/add-tasks-to-goal.ts';
import { findGoal } from '../store/statements/find-goal.ts';
import { findTaskStatuses } from '../store/statements/find-task-statuses.ts';
import { followGoalRepos } from '../store/statements/goal-repos.ts';
import { insertDependencies } from '../store/statements/insert-dependencies.ts';
import { insertTasks } from '../store/statements/insert-tasks.ts';
import { insertTaskLabels } from '../store/statements/labels.ts';
import { listGoalsAbove } from '../store/statements/list-goals-above.ts';
import { listSameTexts } from '../store/statements/list-same-texts.ts';
import { listTasksById } from '../store/statements/list-tasks-by-id.ts';
import { lockGoalsUpward } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive, lockGraphShared } from '../store/statements/lock-graph.ts';
import { parkTasks } from '../store/statements/park-tasks.ts';
import { recordCreatedTasks } from '../store/statements/record-created.ts';
import { recordFollowed } from '../store/statements/record-followed.ts';
import { taskWords } from '../store/write-words.ts';
import { type Call, goalNotFound, type Recording, read, transact } from './call.ts';
import { goalOf } from './goals.ts';
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
  const words = taskWords(
    workspaceId,
    subtasks.map((subtask, place) => ({ ...subtask, id: taskIds[place] as string })),
  );
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
      const tasks = newRows(subtasks, taskIds, firstNumber, dependencies, surroundings);
      const written = await run({
        tasks: step(insertTasks, { workspaceId, goalId, tasks }),
        dependencies: step(insertDependencies, { workspaceId, ...edgesOf(taskIds, dependencies) }),
        counted: step(addTasksToGoal, { workspaceId, goalId, count: subtasks.length }),
        parked: reopens ? step(parkTasks, { workspaceId, goalIds: [goalId] }) : undefined,
        repos: step(followGoalRepos, { workspaceId, goalIds: [goalId] }),
        labels: subtasks.some(({ labels = [] }) => labels.length > 0)
          ? step(insertTaskLabels, { workspaceId, taskIds })
          : undefined,
        starts: step(moveReadyStartsBack.call, {
          workspaceId,
          taskIds,
          goalIds: reopens ? [goalId] : [],
        }),
        created: step(recordCreatedTasks, { ...recorded, taskIds }),
        followed: step(recordFollowed, { ...recorded, before: locked.goals.filter(({ id }) => id === goalId) }),
        above: countOnParent(recorded, goalBefore),
        goals: step(findGoal, { workspaceId, taskIdLimit: limits.subtasksPerCall, goalId }),
        listed: step(listTasksById, {
          workspaceId,
          textLimit: answerBudget.listText,
          taskIds: taskIds.slice(0, limits.page),
        }),
        words,
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

function newRows(
  subtasks: Subtask[],
  taskIds: string[],
  firstNumber: number,
  dependencies: SubtaskDependencies[],
  { satisfied }: Surroundings,
) {
  return subtasks.map(
    ({ key: _key, dependencies: _references, labels, criteria, due_at, defer_until, ...fields }, place) => ({
      ...fields,
      labels: labels ?? [],
      criteria: asJson((criteria ?? []).map(newCriterion)),
      due_at: due_at ?? null,
      defer_until: defer_until ?? null,
      id: taskIds[place] as string,
      number: firstNumber + place,
      open_dependencies: (dependencies[place]?.inOrder ?? []).filter(
        (each) => typeof each === 'number' || !satisfied.get(each),
      ).length,
    }),
  );
}

function edgesOf(taskIds: string[], dependencies: SubtaskDependencies[]) {
  const edges = dependencies.flatMap(({ inOrder }, place) =>
    inOrder.map((each, index) => ({
      taskId: taskIds[place] as string,
      dependsOnId: typeof each === 'number' ? (taskIds[each] as string) : each,
      place: index,
    })),
  );
  return {
    taskIds: edges.map((edge) => edge.taskId),
    dependsOnIds: edges.map((edge) => edge.dependsOnId),
    places: edges.map((edge) => edge.place),
  };
}
