import type { Held } from './held.ts';
import { type Change, type Sent, sendAlone, sendBody, toFlush, toWrite } from './sending.ts';
import { insertOperation, noteOperation } from './statements/insert-operation.ts';
import { type Body, type Operation, type Rows, type Run, type Steps, step } from './steps.ts';

// A change whose connection was lost may still be under way on the server, with locks that others pass over: to them it looks as
// if it had not begun, and then it commits. Whoever has taken its operation's ID knows better: the lost try either
// was committed before, and has the ID, or never will be.

/** A lost try has committed its operation. Others see that before it is safe: a flush has to come before anybody is told. */
export class IsCommitted extends Error {}

/**
 * Takes the ID of an operation in an open transaction. It waits for a lost try that has the ID already.
 *
 * @throws IsCommitted
 */
export async function takeId(run: Run, { workspaceId, id, actor }: Operation): Promise<void> {
  if (actor === undefined) return;
  const { taken } = await run({
    taken: step(insertOperation, { workspaceId, id, actor, reason: null, isBegun: false }),
    noted: step(noteOperation, { id }),
  });
  if (taken.length === 0) throw new IsCommitted('a lost try was committed');
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
  if (Object.values(steps).some((each) => each?.statement.isFlushedAfter)) await sendAlone(held, toFlush);
  return sent;
}
