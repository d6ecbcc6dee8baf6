import { v7 as uuidv7 } from 'uuid';
import { defaultMaxAttempts } from '../domain/claims.ts';
import type { Criterion } from '../domain/criteria.ts';
import { answerBudget } from '../domain/limits.ts';
import { step } from '../store/database.ts';
import { claimForMany } from '../store/functions/claim-for-many.ts';
import { claimTasks as claimFunction } from '../store/functions/claim-tasks.ts';
import { advanceReadyStarts } from '../store/functions/move-ready-starts.ts';
import { readyChannel } from '../store/functions/pieces.ts';
import { releaseTasks as releaseFunction } from '../store/functions/release-tasks.ts';
import type { Params, Row } from '../store/statement.ts';
import { describeWaiting, describeWaitingInGoal } from '../store/statements/describe-waiting.ts';
import { listClaims } from '../store/statements/list-claims.ts';
import { nextReadyMoment } from '../store/statements/next-ready-moment.ts';
import type { Shared } from '../store/steps.ts';
import { resultWords } from '../store/write-words.ts';
import { type Call, change, read } from './call.ts';
import { type ListedTask, listedTask } from './tasks.ts';
import { makeDueGoals } from './templates/recurring.ts';
import type { Awaited } from './wait-line.ts';

export interface ClaimedTask extends ListedTask {
  fence: number;
  lease_expires_at: string;
  /** It was held already, and only its lease is longer now. */
  renewed: boolean;
  /** What its last worker and the tasks before it left behind; null where there is nothing. */
  handOver: HandOver | null;
}

/** What a new claim comes with. Texts are cut. */
export interface HandOver {
  /** `ended` is `released`, `lease ran out`, `undone` or a status. */
  last_attempt?: { agent: string; ended: string; at: string; reason?: string };
  /** Of its direct dependencies. */
  results?: { task_id: string; result: string }[];
  /** The newest ones. */
  notes?: { actor: string; text: string }[];
  criteria?: Omit<Criterion, 'met_at'>[];
}

/** Which tasks an agent wants: those it names, those of a goal, or any. */
export interface Wanted {
  goalId?: string | undefined;
  /** Only tasks that have all of these. */
  labels?: string[] | undefined;
  taskIds?: string[] | undefined;
  /** Of the one task that is named: it is renewed or claimed only while nobody else has claimed it since. */
  fence?: number | undefined;
  limit: number;
  leaseSeconds: number;
}

export type ClaimRow = Row<typeof claimFunction.call>;
type Outlook = Row<typeof describeWaiting>;

/**
 * Takes ready tasks for the call's actor, most important first, then oldest, so that nobody else gets them while the
 * lease runs. Leases that ran out are ended first: to claim such a task is a new claim, for its last holder too. Tasks that
 * are named and held already are renewed.
 */
export async function claimTasks(call: Call, wanted: Wanted): Promise<ClaimedTask[]> {
  const { goalId, taskIds, labels, fence, leaseSeconds } = wanted;
  const limit = taskIds?.length ?? wanted.limit;
  const ofThese = { goalId: goalId ?? null, taskIds: taskIds ?? null, labels: labels ?? null, fence: fence ?? null };
  const bounds = { ...claimBounds, limit, leaseSeconds };
  const leasesOperation = uuidv7();
  const { claimed } = await change(
    call,
    (own) => {
      const params = { ...own, ...ofThese, ...bounds, leasesOperation };
      const shared = taskIds === undefined && labels === undefined ? sharedClaim(params) : undefined;
      return { claimed: { ...step(claimFunction.call, params), shared } };
    },
    // a renewed lease is shown too
    { rows: limit, otherIds: [leasesOperation], unrecordedTaskIds: taskIds },
  );
  return afterClaim(call, claimed);
}

/** What holds for every claim. */
export const claimBounds = { textLimit: answerBudget.listText, maxAttempts: defaultMaxAttempts };

/** What follows a claim, and the tasks that were claimed. */
export async function afterClaim(call: Call, rows: ClaimRow[]): Promise<ClaimedTask[]> {
  await writeResultWords(call, rows);
  await advanceNowAndThen(call, rows.length);
  return rows.filter((row) => row.renewed !== null).map(claimedTask);
}

/** A claim of whatever is ready, with those that other agents make at the same moment. */
function sharedClaim(params: Params<typeof claimFunction.call>): Shared {
  const { workspaceId, textLimit, leasesOperation, goalId, maxAttempts, operation, actor, limit, leaseSeconds } =
    params;
  return {
    kind: `claim ${goalId ?? ''}`,
    entry: { operation, actor, limit, lease_seconds: leaseSeconds },
    together: (claims) =>
      step(claimForMany.call, { workspaceId, textLimit, leasesOperation, goalId, maxAttempts, claims }),
  };
}

/** Ready tasks, for agents that wait for them. */
export const readyTasks: Awaited = {
  channel: readyChannel,
  nextMoment: (workspaceId) => step(nextReadyMoment, { workspaceId }),
  come: (store) => makeDueGoals({ store }),
};

/** Of so many tasks that are claimed, one is followed by a look at where ready work begins. */
const claimsForAdvance = 100;

/**
 * Costs p50 nothing, and no process has to count: what is claimed in between is little to walk past. A request is one
 * transaction, whose locks the look would hold to its end.
 */
async function advanceNowAndThen(call: Call, claimed: number): Promise<void> {
  if (call.operationId !== undefined || Math.random() * claimsForAdvance >= claimed) return;
  // a look that fails is left to the next one
  await advanceReady(call).catch(() => {});
  // where agents always find something, nothing else looks
  await makeDueGoals(call);
}

/** Begins the search for ready work where it begins now (docs/decisions/ready-work.md). */
export async function advanceReady({ store: { workspaceId, database } }: Call): Promise<void> {
  await database.change({ workspaceId, id: uuidv7() }, { advanced: step(advanceReadyStarts.call, { workspaceId }) });
}

/** The database wrote the results of tasks that it failed, so their words are known only now. */
async function writeResultWords(call: Call, rows: ClaimRow[]): Promise<void> {
  const failed = rows.flatMap(({ id, given_up }) => (given_up === null ? [] : [{ taskId: id, result: given_up }]));
  if (failed.length > 0) await change(call, ({ workspaceId }) => ({ words: resultWords(workspaceId, failed) }));
}

function claimedTask(row: ClaimRow): ClaimedTask {
  return {
    ...listedTask(row),
    fence: row.fence,
    lease_expires_at: row.lease_expires_at as string,
    renewed: row.renewed === true,
    // the function of the schema makes it so
    handOver: row.hand_over as unknown as HandOver | null,
  };
}

/** Gives back tasks that the call's actor holds, by name or by fence. Those that it does not hold are named, and left alone. */
export async function releaseTasks(
  call: Call,
  { taskIds, reason, fence }: { taskIds: string[]; reason?: string | undefined; fence?: number | undefined },
): Promise<{ released: string[]; notHeld: string[] }> {
  const { released } = await change(
    call,
    (own) => ({
      released: step(releaseFunction.call, { ...own, taskIds, reason: reason ?? null, fence: fence ?? null }),
    }),
    { rows: taskIds.length },
  );
  const ids = released.map((row) => row.id);
  return { released: ids, notHeld: taskIds.filter((id) => !ids.includes(id)) };
}

/** Who holds these tasks, and what keeps them from being claimed. */
export async function findClaims(call: Call, taskIds: string[]): Promise<Row<typeof listClaims>[]> {
  const { workspaceId } = call.store;
  return (await read(call, { claims: step(listClaims, { workspaceId, taskIds }) })).claims;
}

export { outlookAtMost } from '../store/statements/sql.ts';

/** Why there is nothing to claim, of one goal or of all. */
export async function findOutlook(call: Call, goalId: string | undefined): Promise<Outlook> {
  const { workspaceId } = call.store;
  const outlook =
    goalId === undefined
      ? step(describeWaiting, { workspaceId })
      : step(describeWaitingInGoal, { workspaceId, goalId });
  const [row] = (await read(call, { outlook })).outlook;
  if (row === undefined) throw new Error('describe_waiting gave no row');
  return row;
}
