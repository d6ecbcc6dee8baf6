import { newCriterion } from '../domain/criteria.ts';
import { taskIdOf } from '../domain/ids.ts';
import { asJson } from '../domain/json.ts';
import type { Subtask, SubtaskDependencies } from '../domain/subtasks.ts';
import { step } from '../store/database.ts';
import { followGoals } from '../store/follow-goals.ts';
import { moveReadyStartsBack } from '../store/functions/move-ready-starts.ts';
import type { Params } from '../store/statement.ts';
import { addTasksToGoal } from '../store/statements/add-tasks-to-goal.ts';
import { insertDependencies } from '../store/statements/insert-dependencies.ts';
import { insertTasks } from '../store/statements/insert-tasks.ts';
import { insertTaskLabels } from '../store/statements/labels.ts';
import { parkTasks } from '../store/statements/park-tasks.ts';
import { recordCreatedTasks } from '../store/statements/record-created.ts';
import { recordFollowed } from '../store/statements/record-followed.ts';
import { taskWords } from '../store/write-words.ts';
import type { Recording } from './call.ts';

/** Tasks that a goal gets. The goal is locked, and the graph too. */
interface NewTasks {
  goalId: string;
  subtasks: Subtask[];
  /** By their places in `subtasks`. */
  dependencies: SubtaskDependencies[];
  /** That of the first task; the others follow. */
  firstNumber: number;
  /** Of the tasks that exist and are depended on, by ID: whether those that depend on it may go on. */
  satisfied: ReadonlyMap<string, boolean>;
  /** Whether the goal was completed: what it left unfinished is taken up again. */
  opensGoal: boolean;
  /** The goal as it was. */
  before: Params<typeof recordFollowed>['before'];
  words: ReturnType<typeof newTaskWords>;
}

/** What the tasks are found by: it takes a while for many, and no lock. */
export function newTaskWords(
  workspaceId: number,
  { subtasks, firstNumber }: Pick<NewTasks, 'subtasks' | 'firstNumber'>,
) {
  return taskWords(
    workspaceId,
    subtasks.map((subtask, place) => ({ ...subtask, id: taskIdOf(firstNumber + place) })),
  );
}

/** What adds tasks to a goal, with all that follows, in this order. */
export function newTasksSteps(recorded: Recording, tasks: NewTasks) {
  const { workspaceId } = recorded;
  const { goalId, subtasks, dependencies, firstNumber, opensGoal, before, words } = tasks;
  const taskIds = subtasks.map((_, place) => taskIdOf(firstNumber + place));
  const hasLabels = subtasks.some(({ labels = [] }) => labels.length > 0);
  return {
    tasks: step(insertTasks, { workspaceId, goalId, tasks: newRows(tasks, taskIds) }),
    dependencies: step(insertDependencies, { workspaceId, ...edgesOf(taskIds, dependencies) }),
    counted: step(addTasksToGoal, { workspaceId, goalId, count: subtasks.length }),
    parked: opensGoal ? step(parkTasks, { workspaceId, goalIds: [goalId] }) : undefined,
    ...followGoals(workspaceId, [goalId]),
    labels: hasLabels ? step(insertTaskLabels, { workspaceId, taskIds }) : undefined,
    starts: step(moveReadyStartsBack.call, { workspaceId, taskIds, goalIds: opensGoal ? [goalId] : [] }),
    created: step(recordCreatedTasks, { ...recorded, taskIds }),
    followed: step(recordFollowed, { ...recorded, before }),
    words,
  };
}

function newRows({ subtasks, dependencies, firstNumber, satisfied }: NewTasks, taskIds: string[]) {
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
