import { isClosedTask } from '../domain/closed-task.ts';
import { type CriteriaChange, type Criterion, changeCriteria, nameCriteria, unmetOf } from '../domain/criteria.ts';
import { changeDependencies, type DependencyChange } from '../domain/dependency-change.ts';
import { PersonNeededError } from '../domain/errors.ts';
import { changeOf, imageOf } from '../domain/event.ts';
import { asJson, type Json } from '../domain/json.ts';
import type { Priority } from '../domain/priority.ts';
import type { Task } from '../domain/task.ts';
import { type Run, step } from '../store/database.ts';
import { followGoals } from '../store/follow-goals.ts';
import { editTask as editTaskFunction } from '../store/functions/edit-task.ts';
import { moveReadyStartsBack } from '../store/functions/move-ready-starts.ts';
import type { Row } from '../store/statement.ts';
import { listDependencies } from '../store/statements/find-paths.ts';
import { findTasks } from '../store/statements/find-tasks.ts';
import { insertDependencies } from '../store/statements/insert-dependencies.ts';
import { deleteTaskLabels, insertTaskLabels } from '../store/statements/labels.ts';
import { listGoalsAbove } from '../store/statements/list-goals-above.ts';
import { listTaskImages } from '../store/statements/list-images.ts';
import { lockGoals, lockGoalsUpward } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { lockTask } from '../store/statements/lock-tasks.ts';
import { moveNotes, moveTask } from '../store/statements/move-task.ts';
import { parkTasks } from '../store/statements/park-tasks.ts';
import { recordEvents } from '../store/statements/record-events.ts';
import { recordFollowed } from '../store/statements/record-followed.ts';
import { deleteDependencies, rewireTask as rewireTaskStatement } from '../store/statements/rewire-task.ts';
import { changedTaskWords, changedWords, repoAndCriteria } from '../store/write-words.ts';
import { type Call, change as changeBy, goalNotFound, type Recording, taskNotFound, transact } from './call.ts';
import { isPerson } from './caller.ts';
import { countAbove } from './count-above.ts';
import { refuseCycle, refuseUnknown } from './refuse-edit.ts';
import { refuseLaidAside } from './refuse-parent.ts';
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
  labels?: string[] | undefined;
  due_at?: string | null | undefined;
  /** All of them, as they are to be. */
  criteria?: Criterion[] | undefined;
}

/** How a task is to change: by itself, and in what it depends on and belongs to. */
export interface TaskChange {
  edit: Omit<TaskEdit, 'criteria'>;
  criteria?: CriteriaChange | undefined;
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
 *   dependencies that cannot be, a cycle among them, which it names; `conflict` when that goal is cancelled; what
 *   changeCriteria throws.
 */
export async function updateTask(call: Call, taskId: string, change: TaskChange): Promise<TaskUpdate> {
  const isPlain = change.goalId === undefined && change.dependencies === undefined;
  if (!isPlain) return rewireTask(call, taskId, change);
  // the words of a repository and of criteria share a weight: of both, the one that stays has to be seen
  const isBlind = change.criteria === undefined && change.edit.repo === undefined;
  return isBlind ? editTask(call, taskId, change.edit) : editWhatIsSeen(call, taskId, change);
}

/** The same, where it has to be seen first what the task has. */
async function editWhatIsSeen(call: Call, taskId: string, wanted: TaskChange): Promise<TaskUpdate> {
  const { workspaceId } = call.store;
  return transact(call, async (run, _, own) => {
    const { locked } = await run({ locked: step(lockTask, { workspaceId, taskId }) });
    const [found] = locked;
    if (found === undefined) throw taskNotFound(taskId);
    const edit = withCriteria(call, taskId, { found, wanted });
    const params = { taskId, change: edit as Json, ...changedWords(workspaceId, taskId, searched(edit, found)) };
    const { tasks } = await run({
      tasks: step(editTaskFunction.call, { ...own(), ...params }),
    });
    const [row] = tasks;
    if (row === undefined) throw taskNotFound(taskId);
    return { task: taskOf(row), goals: [] };
  });
}

/**
 * The change of a task's own row, with its criteria as they are to be.
 *
 * @throws GoalAgentError as changeCriteria does.
 */
function withCriteria(
  call: Call,
  taskId: string,
  { found, wanted: { edit, criteria } }: { found: Row<typeof lockTask>; wanted: TaskChange },
): TaskEdit {
  if (criteria === undefined) return edit;
  const by = { taskId, actor: call.actor, isPerson: isPerson(call), at: found.at };
  return { ...edit, criteria: changeCriteria(criteriaOf(found), criteria, by) };
}

/** The column's own type. */
const criteriaOf = ({ criteria }: Row<typeof lockTask>) => criteria as unknown as Criterion[];

/** The texts of a change that a task is found by. */
function searched({ repo, criteria, ...edit }: TaskEdit, found: Row<typeof lockTask>) {
  if (repo === undefined && criteria === undefined) return edit;
  return {
    ...edit,
    repo: repoAndCriteria({ repo: repo === undefined ? found.repo : repo, criteria: criteria ?? found.criteria }),
  };
}

/** A change of the task's own row meets nobody but those who change that row. */
async function editTask(call: Call, taskId: string, edit: TaskEdit): Promise<TaskUpdate> {
  const params = {
    taskId,
    change: edit as Json,
    ...changedWords(call.store.workspaceId, taskId, { ...edit, repo: undefined }),
  };
  const { tasks } = await changeBy(call, (own) => ({ tasks: step(editTaskFunction.call, { ...own, ...params }) }));
  const [row] = tasks;
  if (row === undefined) throw taskNotFound(taskId);
  return { task: taskOf(row), goals: [] };
}

/** Under the exclusive graph lock statuses and edges stand still: what is looked at here is so until the end. */
async function rewireTask(call: Call, taskId: string, change: TaskChange): Promise<TaskUpdate> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const image = step(listTaskImages, { workspaceId, taskIds: [taskId] });
    const { locked, current, images } = await run({
      graph: step(lockGraphExclusive, { workspaceId }),
      locked: step(lockTask, { workspaceId, taskId }),
      current: step(listDependencies, { workspaceId, taskId }),
      images: image,
    });
    const [found] = locked;
    if (found === undefined) throw taskNotFound(taskId);
    const { added, removed } = changeDependencies(taskId, current, change.dependencies ?? { add: [], remove: [] });
    const addedIds = added.map((each) => each.depends_on_id);
    await refuseUnknown(run, { workspaceId, taskId, addedIds });
    await refuseCycle(run, { workspaceId, taskId, addedIds });
    const move = moveOf(taskId, found, change.goalId);
    const goals = move === undefined ? [] : await lockBothGoals(run, workspaceId, move);
    const edit = withCriteria(call, taskId, { found, wanted: change });
    if (move !== undefined && !isPerson(call)) {
      refuseLoosening(taskId, { criteria: edit.criteria ?? criteriaOf(found), move, goals });
    }
    const recorded = await record();
    const places = added.map((each) => each.place);
    const { after, tasks } = await run({
      added: step(insertDependencies, {
        workspaceId,
        taskIds: added.map(() => taskId),
        dependsOnIds: addedIds,
        places,
      }),
      removed: step(deleteDependencies, { workspaceId, taskIds: removed.map(() => taskId), dependsOnIds: removed }),
      changed: step(rewireTaskStatement, {
        workspaceId,
        taskId,
        change: edit as Json,
        goalId: move?.toGoalId ?? null,
      }),
      after: image,
      tasks: step(findTasks, { workspaceId, taskIds: [taskId] }),
      words: changedTaskWords(workspaceId, taskId, searched(edit, found)),
    });
    const [row] = tasks;
    if (row === undefined) throw taskNotFound(taskId);
    const event = changeOf({ kind: 'task', id: taskId, action: 'updated' }, imageOf(images[0]), imageOf(after[0]));
    const isLabelled = change.edit.labels !== undefined || change.edit.priority !== undefined;
    await run({
      oldLabels: isLabelled ? step(deleteTaskLabels, { workspaceId, taskIds: [taskId] }) : undefined,
      newLabels: isLabelled ? step(insertTaskLabels, { workspaceId, taskIds: [taskId] }) : undefined,
      starts: step(moveReadyStartsBack.call, { workspaceId, taskIds: [taskId], goalIds: [] }),
      events: step(recordEvents, { ...recorded, events: asJson([event]) }),
    });
    return { task: taskOf(row), goals: move === undefined ? [] : await moveBetweenGoals(run, recorded, move, goals) };
  });
}

interface Move {
  taskId: string;
  fromGoalId: string;
  toGoalId: string;
  isOpen: boolean;
}

/** Where a task goes, unless it stays. */
function moveOf(taskId: string, { goal_id, status }: Row<typeof lockTask>, toGoalId = goal_id): Move | undefined {
  if (toGoalId === goal_id) return undefined;
  return { taskId, fromGoalId: goal_id, toGoalId, isOpen: !isClosedTask(status) };
}

/** @throws GoalAgentError `forbidden` where an agent takes a task out of the goal that waits for a person's word. */
function refuseLoosening(
  taskId: string,
  { criteria, move, goals }: { criteria: Criterion[]; move: Move; goals: Row<typeof lockGoals>[] },
): void {
  const isStrict = (goalId: string) => goals.find(({ id }) => id === goalId)?.strict === true;
  const left = unmetOf(criteria).filter(({ human }) => human === true);
  if (left.length === 0 || !isStrict(move.fromGoalId) || isStrict(move.toGoalId)) return;
  throw new PersonNeededError(
    `${taskId} was not moved: ${move.fromGoalId} is strict, ${move.toGoalId} is not, and a person has yet to meet criterion ${nameCriteria(left)}. A person moves it, or sets ${move.toGoalId} to strict.`,
  );
}

/** Locks both goals, refuses what cannot be, and says how they stand. */
async function lockBothGoals(run: Run, workspaceId: number, { taskId, fromGoalId, toGoalId }: Move) {
  const { goals, above } = await run({
    goals: step(lockGoalsUpward, { workspaceId, goalIds: [fromGoalId, toGoalId] }),
    above: step(listGoalsAbove, { workspaceId, goalIds: [toGoalId] }),
  });
  if (above.length === 0) throw goalNotFound(toGoalId);
  refuseLaidAside(above, `${taskId} was not moved to it`);
  return goals.filter(({ id }) => id === fromGoalId || id === toGoalId);
}

/** Moves the counts and the notes; gives back the goals whose status that moved. */
async function moveBetweenGoals(
  run: Run,
  recorded: Recording,
  { taskId, fromGoalId, toGoalId, isOpen }: Move,
  before: Row<typeof lockGoals>[],
): Promise<TaskUpdate['goals']> {
  const { workspaceId } = recorded;
  const was = new Map(before.map(({ id, status }) => [id, status]));
  // what a goal left unfinished when it was completed is taken up again with it
  const reopens = isOpen && was.get(toGoalId) === 'completed';
  const { goals } = await run({
    moved: step(moveTask, { workspaceId, fromGoalId, toGoalId, open: isOpen ? 1 : 0 }),
    goals: step(lockGoals, { workspaceId, goalIds: [fromGoalId, toGoalId] }),
    notes: step(moveNotes, { workspaceId, taskId, goalId: toGoalId }),
    ...followGoals(workspaceId, [fromGoalId, toGoalId]),
    followed: step(recordFollowed, { ...recorded, before }),
    parked: reopens ? step(parkTasks, { workspaceId, goalIds: [toGoalId] }) : undefined,
    starts: reopens ? step(moveReadyStartsBack.call, { workspaceId, taskIds: [], goalIds: [toGoalId] }) : undefined,
  });
  const moved = goals.filter(({ id, status }) => was.get(id) !== status).map(({ id, status }) => ({ id, status }));
  const above = await countAbove(run, recorded, { before, after: goals, takenUp: isOpen ? [toGoalId] : [] });
  return [...moved, ...above];
}
