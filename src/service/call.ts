import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import { type Operation, type StatementRunner, step } from '../store/database.ts';
import { insertOperation } from '../store/statements/insert-operation.ts';
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
  /** Of a request: all that it writes has this ID. */
  operationId?: string | undefined;
}

/** A call whose statements run on a pool, each write in a transaction of its own. */
export interface PoolCall extends Call {
  store: Store;
}

/**
 * What a change is known by: the call's own ID where it has one, since all that a request writes is one operation.
 *
 * @throws GoalAgentError `forbidden` for a caller that only reads: without an operation nothing of a workspace is written.
 */
export function newOperation(call: Call, { rows }: { rows?: number } = {}): Operation {
  requireRole(call, 'writer', 'change anything');
  return { workspaceId: call.store.workspaceId, id: call.operationId ?? uuidv7(), rows };
}

/** The step that makes the operation of a transaction with several steps, once its locks are held. */
export function operationStep(call: Call, { workspaceId, id }: Operation) {
  return step(insertOperation, { workspaceId, id, actor: call.actor, reason: null });
}

/** What operationStep gave back. */
export function numberOf(made: { seq: number } | undefined): number {
  if (made === undefined) throw new Error('the operation was not made');
  return made.seq;
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
