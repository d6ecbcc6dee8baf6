import { changeDependencies, type DependencyChange } from '../domain/dependency-change.ts';
import { changeOf, imageOf } from '../domain/event.ts';
import { asJson, type Json } from '../domain/json.ts';
import type { Priority } from '../domain/priority.ts';
import type { Task } from '../domain/task.ts';
import { type Run, step } from '../store/database.ts';
import { editTask as editTaskFunction } from '../store/functions/edit-task.ts';
import type { Row } from '../store/statement.ts';
import { listDependencies } from '../store/statements/find-paths.ts';
import { findTasks } from '../store/statements/find-tasks.ts';
import { insertDependencies } from '../store/statements/insert-dependencies.ts';
import { listTaskImages } from '../store/statements/list-images.ts';
import { lockGoals } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { lockTask } from '../store/statements/lock-tasks.ts';
import { moveNotes, moveTask } from '../store/statements/move-task.ts';
import { parkTasks } from '../store/statements/park-tasks.ts';
import { recordEvents } from '../store/statements/record-events.ts';
import { recordFollowed } from '../store/statements/record-followed.ts';
import { deleteDependencies, rewireTask as rewireTaskStatement } from '../store/statements/rewire-task.ts';
import { changedTaskWords, changedWords } from '../store/write-words.ts';
import { type Call, newOperation, numberOf, operationStep, taskNotFound } from './call.ts';
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
  const operation = newOperation(call);
  const params = {
    ...{ workspaceId, operation: operation.id, actor: call.actor, taskId, change: edit as Json },
    ...changedWords(workspaceId, taskId, edit),
  };
  const [row] = await database.change(operation, editTaskFunction.call, params, { signal: call.signal });
  if (row === undefined) throw taskNotFound(taskId);
  return { task: taskOf(row), goals: [] };
}

/** Under the exclusive graph lock statuses and edges stand still: what is looked at here is so until the end. */
async function rewireTask(call: Call, taskId: string, change: TaskChange): Promise<TaskUpdate> {
  const { workspaceId, database } = call.store;
  const operation = newOperation(call);
  return database.transaction(
    operation,
    async (run) => {
      const image = step(listTaskImages, { workspaceId, taskIds: [taskId] });
      const [, [found], current, [before]] = await run([
        step(lockGraphExclusive, { workspaceId }),
        step(lockTask, { workspaceId, taskId }),
        step(listDependencies, { workspaceId, taskId }),
        image,
      ] as const);
      if (found === undefined) throw taskNotFound(taskId);
      const { added, removed } = changeDependencies(taskId, current, change.dependencies ?? { add: [], remove: [] });
      const addedIds = added.map((each) => each.depends_on_id);
      await refuseUnknown(run, { workspaceId, taskId, addedIds });
      await refuseCycle(run, { workspaceId, taskId, addedIds });
      const isMove = change.goalId !== undefined && change.goalId !== found.goal_id;
      const move = isMove
        ? { taskId, fromGoalId: found.goal_id, toGoalId: change.goalId ?? '', isOpen: found.status !== 'completed' }
        : undefined;
      const goals = move === undefined ? [] : await lockBothGoals(run, workspaceId, move);
      const [[made]] = await run([operationStep(call, operation)] as const);
      const recorded = { workspaceId, operation: numberOf(made) };
      const places = added.map((each) => each.place);
      const [, , , [after], [row]] = await run([
        step(insertDependencies, { workspaceId, taskIds: added.map(() => taskId), dependsOnIds: addedIds, places }),
        step(deleteDependencies, { workspaceId, taskIds: removed.map(() => taskId), dependsOnIds: removed }),
        step(rewireTaskStatement, { workspaceId, taskId, change: change.edit as Json, goalId: move?.toGoalId ?? null }),
        image,
        step(findTasks, { workspaceId, taskIds: [taskId] }),
        ...changedTaskWords(workspaceId, taskId, change.edit),
      ] as const);
      if (row === undefined) throw taskNotFound(taskId);
      const event = changeOf({ kind: 'task', id: taskId, action: 'updated' }, imageOf(before), imageOf(after));
      await run([step(recordEvents, { ...recorded, events: asJson([event]) })]);
      return { task: taskOf(row), goals: move === undefined ? [] : await moveBetweenGoals(run, recorded, move, goals) };
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

/** Locks both goals, refuses what cannot be, and says how they stand. */
async function lockBothGoals(run: Run, workspaceId: number, { taskId, fromGoalId, toGoalId }: Move) {
  const [goals] = await run([step(lockGoals, { workspaceId, goalIds: [fromGoalId, toGoalId] })] as const);
  refuseMove(
    taskId,
    toGoalId,
    goals.find((each) => each.id === toGoalId),
  );
  return goals;
}

/** Moves the counts and the notes; gives back the goals whose status that moved. */
async function moveBetweenGoals(
  run: Run,
  recorded: { workspaceId: number; operation: number },
  { taskId, fromGoalId, toGoalId, isOpen }: Move,
  before: Row<typeof lockGoals>[],
): Promise<TaskUpdate['goals']> {
  const { workspaceId } = recorded;
  const was = new Map(before.map(({ id, status }) => [id, status]));
  // what a goal left unfinished when it was completed is taken up again with it
  const reopens = isOpen && was.get(toGoalId) === 'completed';
  const [goals] = await run([
    step(moveTask, { workspaceId, fromGoalId, toGoalId, open: isOpen ? 1 : 0 }),
    step(moveNotes, { workspaceId, taskId, goalId: toGoalId }),
    step(recordFollowed, { ...recorded, before }),
    ...(reopens ? [step(parkTasks, { workspaceId, goalId: toGoalId, parked: false })] : []),
  ] as const);
  return goals.filter(({ id, status }) => was.get(id) !== status).map(({ id, status }) => ({ id, status }));
}
