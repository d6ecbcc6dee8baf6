import { changeDependencies, type DependencyChange } from '../domain/dependency-change.ts';
import type { Json } from '../domain/json.ts';
import type { Priority } from '../domain/priority.ts';
import type { Task } from '../domain/task.ts';
import { type Run, step } from '../store/database.ts';
import { listDependencies } from '../store/statements/find-paths.ts';
import { findTasks } from '../store/statements/find-tasks.ts';
import { lockEditedTask } from '../store/statements/lock-edited.ts';
import { lockGoals } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { moveNotes, moveTask } from '../store/statements/move-task.ts';
import { parkTasks } from '../store/statements/park-tasks.ts';
import { updateTask as updateTaskStatement } from '../store/statements/update-task.ts';
import { changedTaskWords } from '../store/write-words.ts';
import { beginOperation, type Call, taskNotFound } from './call.ts';
import { refuseCycle, refuseMove, refuseUnknown } from './refuse-edit.ts';
import { taskOf } from './tasks.ts';

/** A change to a task: what is left out stays; null takes a value away. */
export interface TaskEdit {
  description?: string | undefined;
  type?: string | undefined;
  priority?: Priority | undefined;
  estimated_effort?: string | null | undefined;
  repo?: string | null | undefined;
  jira_ticket?: string | null | undefined;
  tools?: string[] | undefined;
}

/** How a task is to change: by itself, and in what it depends on and belongs to. */
export interface TaskChange {
  edit: TaskEdit;
  goalId?: string | undefined;
  dependencies?: DependencyChange | undefined;
}

export interface TaskUpdate {
  task: Task;
  /** Goals whose status the change moved. */
  goals: { id: string; status: string }[];
}

/**
 * Changes a task as one operation.
 *
 * @throws GoalAgentError `not_found` for the task, a task that it is to depend on, or the goal that it is to belong to; `invalid` for
 *   dependencies that cannot be, a cycle among them, which it names; `conflict` when that goal is cancelled.
 */
export async function updateTask(call: Call, taskId: string, change: TaskChange): Promise<TaskUpdate> {
  const isPlain = change.goalId === undefined && change.dependencies === undefined;
  return isPlain ? editTask(call, taskId, change.edit) : rewireTask(call, taskId, change);
}

/** A change of the task's own row meets nobody but those who change that row. */
async function editTask(call: Call, taskId: string, edit: TaskEdit): Promise<TaskUpdate> {
  const { database, workspaceId } = call.store;
  const operation = await beginOperation(call, 1);
  const { seq } = operation;
  const nothing = { goalId: null, dependencies: null, places: null, addedIds: [], addedPlaces: [], removedIds: [] };
  const steps = [
    step(lockEditedTask, { workspaceId, taskId }),
    step(updateTaskStatement, { workspaceId, taskId, change: edit as Json, ...nothing, seq, actor: call.actor }),
    step(findTasks, { workspaceId, taskIds: [taskId] }),
    ...changedTaskWords(workspaceId, taskId, edit),
  ] as const;
  const [, , [row]] = await database.write(operation, steps, { signal: call.signal });
  if (row === undefined) throw taskNotFound(taskId);
  return { task: taskOf(row), goals: [] };
}

/** Under the exclusive graph lock statuses and edges stand still: what is looked at here is so until the end. */
async function rewireTask(call: Call, taskId: string, change: TaskChange): Promise<TaskUpdate> {
  const { workspaceId, database } = call.store;
  // the task's event, and one for each of two goals
  const operation = await beginOperation(call, 3);
  const { seq } = operation;
  return database.transaction(
    operation,
    async (run) => {
      const look = [
        step(lockGraphExclusive, { workspaceId }),
        step(lockEditedTask, { workspaceId, taskId }),
        step(listDependencies, { workspaceId, taskId }),
      ] as const;
      const [, [found], current] = await run(look);
      if (found === undefined) throw taskNotFound(taskId);
      const { all, places, added, removed } = changeDependencies(
        taskId,
        current,
        change.dependencies ?? { add: [], remove: [] },
      );
      const addedIds = added.map((each) => each.depends_on_id);
      await refuseUnknown(run, { workspaceId, taskId, addedIds });
      await refuseCycle(run, { workspaceId, taskId, addedIds });
      const move =
        change.goalId === undefined || change.goalId === found.goal_id
          ? undefined
          : { taskId, fromGoalId: found.goal_id, toGoalId: change.goalId, isOpen: found.status !== 'completed' };
      const reopens = move !== undefined && (await lockBothGoals(run, workspaceId, move));
      const write = [
        step(updateTaskStatement, {
          workspaceId,
          taskId,
          change: change.edit as Json,
          goalId: move?.toGoalId ?? null,
          dependencies: all,
          places,
          addedIds,
          addedPlaces: added.map((each) => each.place),
          removedIds: removed,
          seq,
          actor: call.actor,
        }),
        step(findTasks, { workspaceId, taskIds: [taskId] }),
        ...changedTaskWords(workspaceId, taskId, change.edit),
      ] as const;
      const [, [row]] = await run(write);
      if (row === undefined) throw taskNotFound(taskId);
      const goals = move === undefined ? [] : await moveBetweenGoals(run, call, { ...move, reopens, seq });
      return { task: taskOf(row), goals };
    },
    { signal: call.signal },
  );
}

interface Move {
  taskId: string;
  fromGoalId: string;
  toGoalId: string;
  isOpen: boolean;
}

/** Locks both goals, refuses what cannot be, and says whether the move opens a completed goal again. */
async function lockBothGoals(run: Run, workspaceId: number, { taskId, fromGoalId, toGoalId, isOpen }: Move) {
  const [goals] = await run([step(lockGoals, { workspaceId, goalIds: [fromGoalId, toGoalId] })] as const);
  const goal = goals.find((each) => each.id === toGoalId);
  refuseMove(taskId, toGoalId, goal);
  return isOpen && goal?.status === 'completed';
}

/** Moves the counts and the notes; gives back the goals whose status that moved. */
async function moveBetweenGoals(
  run: Run,
  call: Call,
  { taskId, fromGoalId, toGoalId, isOpen, reopens, seq }: Move & { reopens: boolean; seq: number },
): Promise<TaskUpdate['goals']> {
  const { workspaceId } = call.store;
  const counts = { fromGoalId, toGoalId, open: isOpen ? 1 : 0 };
  const steps = [
    step(moveTask, { workspaceId, ...counts, seq: seq + 1, operation: seq, actor: call.actor }),
    step(moveNotes, { workspaceId, taskId, goalId: toGoalId }),
  ] as const;
  const [goals] = await run(steps);
  // what a goal left unfinished when it was completed is taken up again with it
  if (reopens) await run([step(parkTasks, { workspaceId, goalId: toGoalId, parked: false })]);
  return goals.filter((goal) => goal.status !== goal.was).map(({ id, status }) => ({ id, status }));
}
