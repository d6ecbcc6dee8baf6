import { defaultMaxAttempts } from '../domain/claims.ts';
import { answerBudget } from '../domain/limits.ts';
import { type Step, step } from '../store/database.ts';
import type { Params, Row } from '../store/statement.ts';
import { claimTasks as claimAny, claimTasksById, claimTasksOfGoal } from '../store/statements/claim-tasks.ts';
import { describeWaiting } from '../store/statements/describe-waiting.ts';
import { endExpiredLeases } from '../store/statements/end-expired-leases.ts';
import { listClaims } from '../store/statements/list-claims.ts';
import { releaseTasks as releaseTasksStatement } from '../store/statements/release-tasks.ts';
import { renewLeases } from '../store/statements/renew-leases.ts';
import { expiredAtOnce } from '../store/statements/sql.ts';
import { resultWords } from '../store/write-words.ts';
import { beginOperation, type Call } from './call.ts';
import { type ListedTask, listedTask } from './tasks.ts';

export interface ClaimedTask extends ListedTask {
  fence: number;
  lease_expires_at: string;
  /** It was held already, and only its lease is longer now. */
  renewed: boolean;
}

/** Which tasks an agent wants: those it names, those of a goal, or any. */
export interface Wanted {
  goalId?: string | undefined;
  taskIds?: string[] | undefined;
  /** Of the one task that is named: it is renewed or claimed only while nobody else has claimed it since. */
  fence?: number | undefined;
  limit: number;
  leaseSeconds: number;
}

type ClaimRow = Row<typeof claimAny>;
type Outlook = Row<typeof describeWaiting>;

/**
 * Takes ready tasks for the call's actor, most important first, then oldest, so that nobody else gets them while the
 * lease runs. Leases that ran out are ended first: to claim such a task is a new claim, for its last holder too. Tasks that
 * are named and held already are renewed.
 */
export async function claimTasks(call: Call, wanted: Wanted): Promise<ClaimedTask[]> {
  const { database } = call.store;
  if (wanted.taskIds === undefined) {
    const operation = await beginOperation(call, wanted.limit);
    const claim = claimStep(call, wanted, { limit: wanted.limit, seq: operation.seq, pastExpired: false });
    const [claimed] = await database.write(operation, [claim] as const, { signal: call.signal });
    if (claimed.length > 0) return claimed.map((row) => claimedTask(row, false));
    // nothing is ready, or a lease ran out: that is looked into only now, since it would cost every claim a fifth more
  }
  return endLeasesAndClaim(call, wanted);
}

async function endLeasesAndClaim(call: Call, wanted: Wanted): Promise<ClaimedTask[]> {
  const { database, workspaceId } = call.store;
  const { taskIds, fence = null } = wanted;
  const limit = taskIds?.length ?? wanted.limit;
  // a renewed lease is shown too
  const operation = { ...(await beginOperation(call, limit + expiredAtOnce)), unrecordedTaskIds: taskIds };
  const steps = [
    // first, while this transaction holds nothing: it is the only one of the three that waits for others
    step(renewLeases, { ...holdOf(call, wanted), taskIds: taskIds ?? [], fence }),
    step(endExpiredLeases, {
      ...{ workspaceId, maxAttempts: defaultMaxAttempts, seq: operation.seq, actor: 'goal-agent' },
      taskIds: taskIds ?? [],
    }),
    claimStep(call, wanted, { limit, seq: operation.seq + expiredAtOnce, pastExpired: true }),
  ] as const;
  const [renewed, ended, claimed] = await database.write(operation, steps, { signal: call.signal });
  await writeResultWords(call, ended);
  return [...renewed.map((row) => claimedTask(row, true)), ...claimed.map((row) => claimedTask(row, false))];
}

/** The store wrote the results of tasks that it failed, so their words are known only now. */
async function writeResultWords({ store }: Call, ended: Row<typeof endExpiredLeases>[]): Promise<void> {
  const failed = ended.flatMap(({ id, result }) => (result === null ? [] : [{ taskId: id, result }]));
  for (const { statement, params } of resultWords(store.workspaceId, failed)) {
    await store.database.writeIdempotent(statement, params as Params<typeof statement>);
  }
}

function claimStep(
  call: Call,
  wanted: Wanted,
  how: { limit: number; seq: number; pastExpired: boolean },
): Step<typeof claimAny> {
  const { goalId, taskIds, fence = null } = wanted;
  const params = { ...holdOf(call, wanted), ...how };
  // three ways to the tasks, with rows of one shape
  if (taskIds !== undefined)
    return step(claimTasksById, { ...params, taskIds, fence }) as unknown as Step<typeof claimAny>;
  if (goalId !== undefined) return step(claimTasksOfGoal, { ...params, goalId }) as unknown as Step<typeof claimAny>;
  return step(claimAny, params);
}

function holdOf(call: Call, { leaseSeconds }: Wanted) {
  const { workspaceId } = call.store;
  return { workspaceId, textLimit: answerBudget.listText, agent: call.actor, leaseSeconds };
}

function claimedTask(row: ClaimRow, renewed: boolean): ClaimedTask {
  return { ...listedTask(row), fence: row.fence, lease_expires_at: row.lease_expires_at as string, renewed };
}

/** Gives back tasks that the call's actor holds, by name or by fence. Those that it does not hold are named, and left alone. */
export async function releaseTasks(
  call: Call,
  { taskIds, reason, fence }: { taskIds: string[]; reason?: string | undefined; fence?: number | undefined },
): Promise<{ released: string[]; notHeld: string[] }> {
  const { database, workspaceId } = call.store;
  const operation = await beginOperation(call, taskIds.length);
  const released = step(releaseTasksStatement, {
    workspaceId,
    agent: call.actor,
    taskIds,
    seq: operation.seq,
    reason: reason ?? null,
    fence: fence ?? null,
  });
  const [rows] = await database.write(operation, [released] as const, { signal: call.signal });
  const ids = rows.map((row) => row.id);
  return { released: ids, notHeld: taskIds.filter((id) => !ids.includes(id)) };
}

/** Who holds these tasks, and what keeps them from being claimed. */
export async function findClaims(call: Call, taskIds: string[]): Promise<Row<typeof listClaims>[]> {
  const { database, workspaceId } = call.store;
  return database.read(listClaims, { workspaceId, taskIds }, { signal: call.signal });
}

/** Why there is nothing to claim, of one goal or of all. */
export async function findOutlook(call: Call, goalId: string | undefined): Promise<Outlook> {
  const { database, workspaceId } = call.store;
  const params = { workspaceId, goalId: goalId ?? null };
  const [row] = await database.read(describeWaiting, params, { signal: call.signal });
  if (row === undefined) throw new Error('describe_waiting gave no row');
  return row;
}
