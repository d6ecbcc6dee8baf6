import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import { step } from '../store/database.ts';
import { findGoalRevision, findTaskRevision } from '../store/statements/find-revision.ts';
import { lockGoals } from '../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { lockTask } from '../store/statements/lock-tasks.ts';
import { type Call, read, transact } from './call.ts';

/** The row that a request is about, as its caller named it. */
export interface Subject {
  kind: 'goal' | 'task';
  id: string;
}

/** The revision that a caller saw of a row: the change goes by it, so that nobody overwrites what was not seen. */
export interface Expected extends Subject {
  revision: number;
  /** Told of the revision after the change; undefined where the row is gone. */
  changedTo(revision: number | undefined): void;
}

/** The row's revision, or undefined where there is no such row. */
export async function findRevision(call: Call, { kind, id }: Subject): Promise<number | undefined> {
  const { workspaceId } = call.store;
  const { rows } = await read(call, {
    rows:
      kind === 'goal'
        ? step(findGoalRevision, { workspaceId, goalId: idOf(GoalId, id) })
        : step(findTaskRevision, { workspaceId, taskId: idOf(TaskId, id) }),
  });
  return rows[0]?.revision;
}

/**
 * Lets a transaction go on only if the row is as its caller saw it, and keeps the row so until the transaction changes it.
 *
 * @throws GoalAgentError `changed` where somebody was faster, or the row is gone.
 */
export async function holdRevision(call: Call, expected: Expected): Promise<void> {
  const { kind, id } = expected;
  const { workspaceId } = call.store;
  const { held } = await transact(call, (run) =>
    run({
      // changes of the graph take this lock before they lock rows (docs/decisions/locking.md)
      graph: step(lockGraphExclusive, { workspaceId }),
      held:
        kind === 'goal'
          ? step(lockGoals, { workspaceId, goalIds: [idOf(GoalId, id)] })
          : step(lockTask, { workspaceId, taskId: idOf(TaskId, id) }),
    }),
  );
  const [row] = held;
  if (row?.revision === expected.revision) return;
  throw new GoalAgentError(
    'changed',
    row === undefined
      ? `The ${kind} ${id} is no longer there; nothing was changed.`
      : `The ${kind} ${id} has changed since you read it; nothing was changed. Look at it as it is now, and send the change again.`,
  );
}

/** What is no ID at all names no row; the tool says what is wrong with it. */
function idOf(schema: typeof GoalId, id: string): string {
  return schema.safeParse(id).data ?? '';
}
