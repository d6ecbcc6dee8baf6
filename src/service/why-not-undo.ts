import { GoalAgentError } from '../domain/errors.ts';
import { type Call, transact } from './call.ts';
import type { Taking } from './take-back.ts';
import { holdersFor, operationOf, planOf, refuseImport, takenBackAlready } from './undo.ts';

/**
 * Why undoing an event's operation would be refused, as things are now; undefined where it would not. Nothing is written.
 * @throws GoalAgentError `not_found`, and `forbidden` for a caller that only reads.
 */
export async function whyNotUndo(call: Call, eventId: number): Promise<string | undefined> {
  const found = await operationOf(call, eventId);
  return refusalOf(async () => {
    refuseImport(found.actor);
    const fits = await fitsUndo(call, [found.operation], { holders: holdersFor(call, found) });
    if (fits !== true) throw takenBackAlready(eventId, fits);
  });
}

/** The same for many operations as one, whoever holds what they changed. */
export function whyNotUndoAll(call: Call, operations: number[]): Promise<string | undefined> {
  return refusalOf(() => fitsUndo(call, operations, { holders: 'all' }));
}

async function refusalOf(look: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await look();
    return undefined;
  } catch (error) {
    if (error instanceof GoalAgentError && error.code === 'conflict') return error.message;
    throw error;
  }
}

/** Whether nothing is in the way, or the number of the undo that took some of it back. */
function fitsUndo(call: Call, operations: number[], holding: Pick<Taking, 'holders'>): Promise<true | number> {
  return transact(call, async (run) => {
    const plan = await planOf(run, call, { operations, ...holding });
    return typeof plan === 'number' ? plan : true;
  });
}
