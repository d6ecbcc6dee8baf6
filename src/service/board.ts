import { GoalAgentError } from '../domain/errors.ts';
import type { HistoryEvent } from '../domain/history-line.ts';
import { undoOf } from '../domain/undo/operations.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import {
  findBoardGoal,
  listArchivedBoardGoals,
  listBoardDependencies,
  listBoardGoals,
  listBoardTasksById,
  listBoardTasksOfGoal,
  listGoalActivity,
} from '../store/statements/board.ts';
import { findOperation } from '../store/statements/find-operation.ts';
import { listHistoryOfOperation } from '../store/statements/list-history.ts';
import { listPlanDependencies, listPlanDependencyStatuses } from '../store/statements/list-plan-dependencies.ts';
import { countChanges } from '../store/statements/list-undo-events.ts';
import { listUndos } from '../store/statements/list-undos.ts';
import { type Call, goalNotFound, read } from './call.ts';
import { readCurrent, readTasks } from './deferrals.ts';
import { type Kin, kinOf, type Whole, wholeOf } from './goals-below.ts';
import { historyEvent, textLimit } from './history.ts';

/** A task as the board draws it. */
export interface BoardTask extends Row<typeof listBoardTasksOfGoal> {
  dependencies: string[];
}

export interface BoardTasks {
  tasks: BoardTask[];
  /** How dependencies stand that are not among the tasks: those of other goals. */
  outside: Record<string, string>;
}

export type BoardGoal = Row<typeof findBoardGoal>;

/** A goal in the board's list. */
export interface BoardGoalEntry extends Row<typeof listBoardGoals> {
  in_progress: number;
  stuck: number;
  holders: string[];
  /** Of a goal that has sub-goals. */
  whole?: Whole | undefined;
}

/** Characters of a description that a card and a row show. */
const shownText = 240;
/** Tasks of one goal, goals of one page, and tasks under way that the board looks at. */
const mostTasks = 20_000;
const mostGoals = 500;
const mostCurrent = 20_000;
const mostChanges = 50;

/** Goals, newest first, the archived ones or all others, with what is under way in each. `next` is where the following page begins. */
export async function listGoalsForBoard(
  call: Call,
  { before, isArchived = false }: { before?: number | undefined; isArchived?: boolean | undefined },
): Promise<{ goals: BoardGoalEntry[]; next: number | undefined }> {
  const { workspaceId } = call.store;
  const page = { before: before ?? Number.MAX_SAFE_INTEGER, limit: mostGoals + 1 };
  // a first page is a look
  const { goals, activity } = await (before === undefined ? readCurrent : read)(call, {
    goals: step(isArchived ? listArchivedBoardGoals : listBoardGoals, { workspaceId, textLimit: shownText, ...page }),
    activity: step(listGoalActivity, { workspaceId, limit: mostCurrent }),
  });
  const activityOf = new Map(activity.map(({ goal_id, ...rest }) => [goal_id, rest]));
  const shown = goals.slice(0, mostGoals);
  const wholes = await wholeOf(
    call,
    shown.filter(({ total_goals }) => total_goals > 0).map(({ id }) => id),
  );
  return {
    goals: shown.map((goal) => ({
      ...goal,
      ...(activityOf.get(goal.id) ?? { in_progress: 0, stuck: 0, holders: [] }),
      whole: wholes.get(goal.id),
    })),
    next: goals.length > mostGoals ? shown.at(-1)?.number : undefined,
  };
}

/**
 * A goal with all its tasks and what they depend on, at one moment; and what is above and below it.
 * @throws GoalAgentError `not_found`.
 */
export async function getGoalForBoard(
  call: Call,
  goalId: string,
): Promise<BoardTasks & { goal: BoardGoal; kin: Kin | undefined }> {
  const { workspaceId } = call.store;
  const steps = {
    goals: step(findBoardGoal, { workspaceId, goalId }),
    tasks: step(listBoardTasksOfGoal, { workspaceId, textLimit: shownText, goalId, limit: mostTasks }),
    dependencies: step(listPlanDependencies, { workspaceId, goalId }),
    statuses: step(listPlanDependencyStatuses, { workspaceId, goalId }),
  };
  const { goals, tasks, dependencies, statuses } = await readTasks(call, steps, ({ tasks }) => tasks);
  const [goal] = goals;
  if (goal === undefined) throw goalNotFound(goalId);
  const statusOf = new Map(statuses.map(({ id, status }) => [id, status]));
  const isNested = goal.parent_goal_id !== null || goal.total_goals > 0;
  return {
    goal,
    kin: isNested ? await kinOf(call, goalId) : undefined,
    ...withDependencies(
      tasks,
      // a dependency whose status is not told lets its dependents go
      dependencies.map((edge) => ({ ...edge, status: statusOf.get(edge.depends_on_id) ?? 'completed' })),
    ),
  };
}

/** Tasks as they are now, for whoever heard that they changed; those that are gone are not there. */
export async function getTasksForBoard(call: Call, taskIds: string[]): Promise<BoardTasks> {
  const { workspaceId } = call.store;
  const steps = {
    tasks: step(listBoardTasksById, { workspaceId, textLimit: shownText, taskIds }),
    dependencies: step(listBoardDependencies, { workspaceId, taskIds }),
  };
  const { tasks, dependencies } = await readTasks(call, steps, ({ tasks }) => tasks);
  return withDependencies(tasks, dependencies);
}

function withDependencies(
  tasks: Row<typeof listBoardTasksOfGoal>[],
  edges: { task_id: string; depends_on_id: string; status: string }[],
): BoardTasks {
  const listed = tasks.map((task) => ({ ...task, dependencies: [] as string[] }));
  const byId = new Map(listed.map((task) => [task.id, task]));
  const outside: Record<string, string> = {};
  for (const { task_id, depends_on_id, status } of edges) {
    const task = byId.get(task_id);
    // of a goal below the one that is shown
    if (task === undefined) continue;
    task.dependencies.push(depends_on_id);
    if (!byId.has(depends_on_id)) outside[depends_on_id] = status;
  }
  return { tasks: listed, outside };
}

/** What undoing an operation would take back. */
export interface UndoPreview {
  operation: number;
  actor: string;
  changes: number;
  /** The first of its changes. */
  events: HistoryEvent[];
  /** The operation that took it back already. */
  taken_back_by: number | undefined;
}

/**
 * The operation of an event, for whoever thinks of taking it back.
 * @throws GoalAgentError `not_found`.
 */
export async function previewUndo(call: Call, eventId: number): Promise<UndoPreview> {
  const { workspaceId } = call.store;
  const { found } = await read(call, { found: step(findOperation, { workspaceId, seq: eventId }) });
  const [row] = found;
  if (row === undefined) throw new GoalAgentError('not_found', `There is no event ${eventId}.`);
  const { operation, actor } = row;
  const { events, counts, undos } = await read(call, {
    events: step(listHistoryOfOperation, { workspaceId, textLimit, limit: mostChanges, operation }),
    counts: step(countChanges, { workspaceId, operations: [operation] }),
    undos: step(listUndos, { workspaceId, operations: [operation] }),
  });
  return {
    operation,
    actor,
    changes: counts[0]?.changes ?? events.length,
    events: events.map(historyEvent),
    taken_back_by: undoOf(operation, undos)?.operation,
  };
}
