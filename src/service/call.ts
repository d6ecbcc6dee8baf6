import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import { type Rows, type Run, type StatementRunner, type Steps, step } from '../store/database.ts';
import { insertOperation, noteOperation } from '../store/statements/insert-operation.ts';
import type { Store } from '../store/store.ts';
import { type Caller, requireRole } from './caller.ts';

/** Answers that others may have read before. */
export interface ReadCache {
  /** What `read` gives, or what it gave before and still would. `keeps` says whether it may be kept. */
  through<T>(name: string, read: () => Promise<T>, keeps: (value: T) => boolean): Promise<T>;
}

/** What every function of the service gets: where the work is kept, who asks, and a way to take the call back. */
export interface Call extends Caller {
  store: Store<StatementRunner>;
  /** Undefined where no cache is configured. */
  cached?: ReadCache | undefined;
  signal?: AbortSignal | undefined;
  /** Told of the revision of the one row that a read answers with. */
  seeRevision?: ((revision: number | undefined) => void) | undefined;
  /** Told when something that the call changes is in the database for good, or, within a request, will be with the rest. */
  saved?: (() => void) | undefined;
  /** Of a request: all that it writes has this ID. */
  operationId?: string | undefined;
}

/** A call whose statements run on a pool, each write in a transaction of its own. */
export interface PoolCall extends Call {
  store: Store;
}

/** Reads for a call, on one snapshot. */
export function read<T extends Steps>({ store, signal }: Pick<Call, 'store' | 'signal'>, steps: T): Promise<Rows<T>> {
  return store.database.read(steps, { signal });
}

/** How much a change touches, and how it may wait. */
export interface Extent {
  rows?: number | undefined;
  otherIds?: string[] | undefined;
  unrecordedTaskIds?: string[] | undefined;
  isPatient?: boolean;
}

/** What every function of the schema gets that makes an operation. */
export interface Own {
  workspaceId: number;
  operation: string;
  actor: string;
}

/** What every event of an operation is recorded under. */
export interface Recording {
  workspaceId: number;
  /** The operation's number. */
  operation: number;
}

/** Changes something as one operation: by a function of the schema, and with steps that look at what it did. */
export async function change<T extends Steps>(
  call: Call,
  steps: (own: Own) => T,
  extent: Extent = {},
): Promise<Rows<T>> {
  const { store, actor, signal } = call;
  const { workspaceId } = store;
  const id = newOperationId(call);
  const rows = await store.database.change(
    { workspaceId, id, actor, ...extent },
    steps({ workspaceId, operation: id, actor }),
    { signal },
  );
  // a claim that finds nothing changes nothing
  if (Object.values(rows).some((each) => each.length > 0)) call.saved?.();
  return rows;
}

/**
 * Changes something as one operation, in a transaction of several steps. `record` makes the operation, once its locks are held; a
 * function of the schema makes it by itself, with `own`. A transaction that asks for neither has changed nothing that counts.
 */
export async function transact<R>(
  call: Call,
  body: (run: Run, record: () => Promise<Recording>, own: () => Own) => Promise<R>,
  { isPatient = false, ...extent }: Extent = {},
): Promise<R> {
  const { store, actor, signal } = call;
  const { workspaceId } = store;
  const id = newOperationId(call);
  let isRecorded = false;
  const recorded = <T>(operation: T): T => {
    isRecorded = true;
    return operation;
  };
  const result = await store.database.change(
    { workspaceId, id, actor, ...extent },
    (run, isBegun) => {
      isRecorded = false;
      const record = () => recorded(makeOperation(run, { workspaceId, id, actor, isBegun }));
      return body(run, record, () => recorded({ workspaceId, operation: id, actor }));
    },
    { signal, isPatient },
  );
  if (isRecorded) call.saved?.();
  return result;
}

/**
 * What a change is known by: the call's own ID where it has one, since all that a request writes is one operation.
 *
 * @throws GoalAgentError `forbidden` for a caller that only reads: without an operation nothing of a workspace is written.
 */
function newOperationId(call: Call): string {
  requireRole(call, 'writer', 'change anything');
  return call.operationId ?? uuidv7();
}

/** Makes the operation of a transaction that is open, or goes on with the one that it has made already. */
export async function makeOperation(
  run: Run,
  { isBegun = false, ...operation }: { workspaceId: number; id: string; actor: string; isBegun?: boolean },
): Promise<Recording> {
  const { made } = await run({
    made: step(insertOperation, { ...operation, reason: null, isBegun }),
    noted: step(noteOperation, { id: operation.id }),
  });
  const [row] = made;
  if (row === undefined) throw new Error('the operation was not made');
  return { workspaceId: operation.workspaceId, operation: row.seq };
}

export function goalNotFound(goalId: string): GoalAgentError {
  return new GoalAgentError('not_found', `${goalId} does not exist. list_goals shows the goals that do.`);
}

export function taskNotFound(taskId: string): GoalAgentError {
  return new GoalAgentError('not_found', `${taskId} does not exist. get_goal shows the tasks of a goal.`);
}

/** Whether an ID may start so. Anything else need not be looked for, and not all of it could be sent to the database. */
export function mayStartId(prefix: string): boolean {
  return /^[a-z]{0,4}(?:-\d{0,15})?$/i.test(prefix);
}
