import { v7 as uuidv7 } from 'uuid';
import { type Rows, type Steps, step } from '../store/database.ts';
import { endDeferrals as endFunction } from '../store/functions/end-deferrals.ts';
import type { Row } from '../store/statement.ts';
import { findWhatIsDue } from '../store/statements/find-what-is-due.ts';
import { type Call, read } from './call.ts';
import { makeDueGoals } from './templates/recurring.ts';

/**
 * Reads what shows goals, or tasks by their status. What the time itself does comes first, so that nobody has to run for it: a
 * deferral whose time has come ends, and a goal that is due is made. That is looked for with the same message.
 */
export async function readCurrent<T extends Steps>(call: Call, steps: T): Promise<Rows<T>> {
  const look = step(findWhatIsDue, { workspaceId: call.store.workspaceId });
  const found = (await read(call, { ...steps, whatIsDue: look })) as Rows<T> & {
    whatIsDue: Row<typeof findWhatIsDue>[];
  };
  const { whatIsDue, ...rows } = found;
  const [is] = whatIsDue;
  const hasChanged = [is?.deferral && (await endDeferrals(call)), is?.recurrence && (await makeDueGoals(call))];
  return hasChanged.includes(true) ? read(call, steps) : (rows as unknown as Rows<T>); // as what is left of T and the step is T
}

/** Reads tasks whose rows say when their deferral ends: only where one has, something else has to be done. */
export async function readTasks<T extends Steps>(
  call: Call,
  steps: T,
  tasksOf: (rows: Rows<T>) => { defer_until: string | null }[],
): Promise<Rows<T>> {
  const rows = await read(call, steps);
  const isOver = tasksOf(rows).some(({ defer_until }) => defer_until !== null && Date.parse(defer_until) <= Date.now());
  return isOver && (await endDeferrals(call)) ? read(call, steps) : rows;
}

/**
 * Whether deferrals could be ended. A request is one transaction, which reads what it began with; and where the database
 * takes no writes, what is read is shown as it is.
 */
async function endDeferrals({ store: { workspaceId, database }, operationId }: Call): Promise<boolean> {
  if (operationId !== undefined) return false;
  const operation = uuidv7();
  const ended = step(endFunction.call, { workspaceId, operation });
  return database.change({ workspaceId, id: operation, actor: 'goal-agent' }, { ended }).then(
    () => true,
    () => false,
  );
}
