import { type Claim, describeRefusal } from '../domain/claims.ts';
import { type CriteriaRefusal, type CriterionRef, criteriaRefusal, type NamedCriterion } from '../domain/criteria.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { weightsKept } from '../domain/search-words.ts';
import type { Task } from '../domain/task.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import { type Step, step } from '../store/database.ts';
import { setTaskStatuses as setStatusesFunction } from '../store/functions/set-task-statuses.ts';
import type { Row, Statement } from '../store/statement.ts';
import { findChangedTasks } from '../store/statements/find-changed-tasks.ts';
import { findTaskStatuses } from '../store/statements/find-task-statuses.ts';
import { findTasks } from '../store/statements/find-tasks.ts';
import { numberIn, wordsOf } from '../store/write-words.ts';
import { type Call, change as changeBy, type Extent, type Own, read, taskNotFound } from './call.ts';
import { isPerson } from './caller.ts';
import type { ClaimedTask } from './claims.ts';
import { taskOf } from './tasks.ts';

export interface StatusChange {
  taskId: string;
  status: TaskStatus;
  /** Left out, the task keeps the result that it has; null takes it away. */
  result?: Json | undefined;
  /** Of a cancelled task: whether those that depend on it go on without it. Left out, that stays as it is. */
  waive?: boolean | undefined;
  /** Of a deferred task: when it becomes pending by itself, ISO 8601. Left out, somebody has to say so. */
  deferUntil?: string | undefined;
  /** Criteria that are met now, before the status is set. */
  meet?: CriterionRef[] | undefined;
  /** The fence of the caller's claim: refused when the task was claimed again since. */
  fence?: number | undefined;
}

/** What followed from changes of status, beside the changes themselves. IDs. */
export interface Consequences {
  madeReady: string[];
  completedGoals: string[];
  reopenedGoals: string[];
  /** Tasks that were completed in a goal that is cancelled or archived. */
  inCancelled: string[];
  /** Open tasks that go on waiting for tasks that were cancelled. */
  leftWaiting: string[];
  /** Tasks that were completed before all of their criteria were met. */
  unmet: { task_id: string; unmet: NamedCriterion[] }[];
}

/** A task whose status was set. */
export interface SetTask extends Consequences {
  task: Task;
  openDependencies: number;
}

/** @throws GoalAgentError `not_found`; `conflict` when somebody else holds the task, or claimed it since. */
export async function setTaskStatus(call: Call, change: StatusChange): Promise<SetTask> {
  return setTask(change, await apply(call, [change], lookAt(call, change)));
}

/** The step that reads the task after its change. */
export function lookAt({ store: { workspaceId } }: Call, { taskId }: StatusChange) {
  return step(findTasks, { workspaceId, taskIds: [taskId] });
}

/**
 * @param next what was claimed with it
 * @throws GoalAgentError as setTaskStatus does.
 */
export function setTask(
  { taskId }: StatusChange,
  { consequences, refused, rows, gone }: Applied<typeof findTasks>,
  next?: Pick<ClaimedTask, 'id' | 'fence'>,
): SetTask {
  const [refusal] = refused.values();
  if (refusal !== undefined) throw refusal;
  const [row] = rows;
  if (row === undefined) throw gone.includes(taskId) ? deletedSince(taskId, next) : taskNotFound(taskId);
  return { task: taskOf(row), openDependencies: row.open_dependencies, ...consequences };
}

/**
 * Sets many statuses as one operation. Those that cannot be set come back with the reason, and the others are set. Where
 * a task is named twice the last word counts, as if they had been set one after the other. `tooEarly` are those that
 * are completed now while something that they depend on is not.
 */
export async function setTaskStatuses(
  call: Call,
  changes: StatusChange[],
): Promise<{ changed: string[]; tooEarly: string[]; failed: { taskId: string; error: string }[] } & Consequences> {
  const { workspaceId } = call.store;
  const merged = mergeByTask(changes);
  const look = step(findTaskStatuses, { workspaceId, taskIds: merged.map((each) => each.taskId) });
  const { consequences, refused, rows, gone } = await apply(call, merged, look);
  const found = new Map(rows.map((row) => [row.id, row]));
  const failed = merged.flatMap(({ taskId }) => {
    const isThere = found.has(taskId) || gone.includes(taskId);
    const error = isThere ? refused.get(taskId)?.message : `${taskId} does not exist`;
    return error === undefined ? [] : [{ taskId, error }];
  });
  const failedIds = new Set(failed.map((each) => each.taskId));
  const changed = merged.filter(({ taskId }) => !failedIds.has(taskId));
  const tooEarly = changed.filter(
    ({ taskId, status }) => status === 'completed' && (found.get(taskId)?.open_dependencies ?? 0) > 0,
  );
  return { changed: changed.map(idOf), tooEarly: tooEarly.map(idOf), failed, ...consequences };
}

/** What came of changes, and what was found afterwards. */
interface Applied<S extends Statement> {
  consequences: Consequences;
  /** Why a task was left alone, by its ID. */
  refused: Map<string, GoalAgentError>;
  rows: Row<S>[];
  /** Tasks that were changed, and that somebody has deleted before they were looked at. */
  gone: string[];
}

/** Applies changes, and gives back what `look` finds afterwards as `rows`. */
async function apply<S extends Statement>(call: Call, changes: StatusChange[], look: Step<S>): Promise<Applied<S>> {
  const params = statusParams(call, changes);
  const change = (own: Own) => step(setStatusesFunction.call, { ...own, ...params });
  const taskIds = changes.map(idOf);
  const { changed, ...seen } = await changeAndLook(call, { taskIds, change, look }, { rows: changes.length });
  return { ...outcomeOf(changed[0]), ...seen };
}

/** Changes tasks by a function of the schema, and looks at those of these IDs, each of which `look` has a row for where it is there. */
export async function changeAndLook<C extends Statement, S extends Statement>(
  call: Call,
  { taskIds, change, look }: { taskIds: string[]; change: (own: Own) => Step<C>; look: Step<S> },
  extent: Extent,
): Promise<{ changed: Row<C>[] } & Pick<Applied<S>, 'rows' | 'gone'>> {
  let operation = '';
  const { changed, rows } = await changeBy(
    call,
    (own) => {
      operation = own.operation;
      return { changed: change(own), rows: look };
    },
    extent,
  );
  if (rows.length === taskIds.length) return { changed, rows, gone: [] };
  const { workspaceId } = call.store;
  const { found } = await read(call, { found: step(findChangedTasks, { workspaceId, operation, taskIds }) });
  return { changed, rows, gone: found.map(({ id }) => id) };
}

function deletedSince(taskId: string, next: Pick<ClaimedTask, 'id' | 'fence'> | undefined): GoalAgentError {
  const claimed = next === undefined ? '' : ` You hold ${next.id} now, under fence ${next.fence}.`;
  return new GoalAgentError(
    'not_found',
    `The change was saved, and then somebody deleted ${taskId}. get_history shows both.${claimed}`,
  );
}

/** Changes as the functions of the schema take them. */
export function statusParams(call: Call, changes: StatusChange[]) {
  const { workspaceId } = call.store;
  const byPerson = isPerson(call);
  return {
    changes: Object.fromEntries(
      changes.map((change, place) => [change.taskId, { ...changeOf(workspaceId, change, place), by_person: byPerson }]),
    ),
    keptWeights: weightsKept({ result: null }),
  };
}

export function outcomeOf(outcome: Row<typeof setStatusesFunction.call> | undefined) {
  const consequences: Consequences = {
    madeReady: outcome?.made_ready ?? [],
    completedGoals: outcome?.completed_goals ?? [],
    reopenedGoals: outcome?.reopened_goals ?? [],
    inCancelled: outcome?.in_cancelled ?? [],
    leftWaiting: outcome?.left_waiting ?? [],
    // the function of the schema makes it so
    unmet: (outcome?.unmet ?? []) as unknown as Consequences['unmet'],
  };
  const refused = (outcome?.refused ?? []) as unknown as (Claim | CriteriaRefusal)[];
  return { consequences, refused: new Map(refused.map((each) => [each.task_id, refusalOf(each)])) };
}

function refusalOf(refusal: Claim | CriteriaRefusal): GoalAgentError {
  return 'claimed_by' in refusal ? new GoalAgentError('conflict', describeRefusal(refusal)) : criteriaRefusal(refusal);
}

/** A change as the function of the schema takes it. */
function changeOf(
  workspaceId: number,
  { taskId, status, result, fence, waive, deferUntil, meet = [] }: StatusChange,
  place: number,
) {
  return {
    place,
    status,
    result: result ?? null,
    has_result: result !== undefined,
    fence: fence ?? null,
    waive: waive ?? null,
    defer_until: deferUntil ?? null,
    meet,
    has_meet: meet.length > 0,
    words: result === undefined ? null : wordsOf({ workspaceId, number: numberIn(taskId) }, { result }).words,
  };
}

const idOf = ({ taskId }: StatusChange) => taskId;

function mergeByTask(changes: StatusChange[]): StatusChange[] {
  const byTask = new Map<string, StatusChange>();
  for (const change of changes) {
    const earlier = byTask.get(change.taskId);
    byTask.set(change.taskId, {
      ...change,
      result: change.result === undefined ? earlier?.result : change.result,
      meet: [...(earlier?.meet ?? []), ...(change.meet ?? [])],
    });
  }
  return [...byTask.values()];
}
