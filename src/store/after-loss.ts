import type { Held } from './held.ts';
import { savedWithoutAnswer } from './lost-connection.ts';
import { type Change, type Sent, sendAlone, sendBody, toFlush, toWrite } from './sending.ts';
import { insertOperation, noteOperation } from './statements/insert-operation.ts';
import { type Body, type Operation, type Rows, type Run, type Steps, step } from './steps.ts';

// A change whose connection was lost may still be under way on the server, with locks that others pass over: to them it looks as
// if it had not begun, and then it commits. Whoever has taken its operation's ID knows better: the lost try either
// was committed before, and has the ID, or never will be.

/**
 * Takes the ID of an operation in an open transaction. It waits for a lost try that has the ID already.
 *
 * @throws GoalAgentError `unknown_outcome` where the lost try was committed.
 */
export async function takeId(run: Run, { workspaceId, id, actor }: Operation): Promise<void> {
  if (actor === undefined) return;
  const { taken } = await run({
    taken: step(insertOperation, { workspaceId, id, actor, reason: null, isBegun: false }),
    noted: step(noteOperation, { id }),
  });
  if (taken.length === 0) throw savedWithoutAnswer();
}

/** The work of a transaction that takes its operation's ID first. */
export function takingItsId<R>(operation: Operation, body: Body<R>): (run: Run) => Promise<R> {
  return async (run) => {
    await takeId(run, operation);
    return body(run, operation.actor !== undefined);
  };
}

/** A change as sendChange makes it, in a transaction that takes its operation's ID first. */
export async function sendChangeAfterLoss<T extends Steps>(
  held: Held,
  operation: Operation,
  { steps, look }: Change<T>,
): Promise<Sent<Rows<T>>> {
  const sent = await sendBody(
    held,
    toWrite,
    takingItsId(operation, (run) => run(steps)),
    look,
  );
  const isFlushed = !Object.values(steps).some((each) => each?.statement.isFlushedAfter);
  if (!isFlushed) await sendAlone(held, toFlush);
  return sent;
}
