import { longestName, named } from '../stored-text.ts';

/** An undo, and the operations that it took back. */
export interface Undo {
  operation: number;
  undoes: number[];
}

/** An event after the operations that are to be taken back. `undoes`: the operations that it took back on its row. */
export interface LaterEvent {
  seq: number;
  operation: number;
  actor: string;
  action: string;
  goal_id: string;
  task_id: string | null;
  undoes: number[] | null;
}

/** A later event that an undo conflicts with. */
export type Conflict = Pick<LaterEvent, 'seq' | 'actor' | 'action' | 'goal_id' | 'task_id'>;

/** The number of conflicts that one message names. */
const namedConflicts = 8;

/** The undo that took this operation back and is in effect itself, if there is one. */
export function undoOf(operation: number, undos: readonly Undo[]): Undo | undefined {
  // undos of undos end somewhere: each is later than the operations that it took back
  return undos.find((undo) => undo.undoes.includes(operation) && undoOf(undo.operation, undos) === undefined);
}

/**
 * The later events of a row, first to last, that are still in effect. An undo takes itself out together with the
 * operations that it took back, where all of these are later, too.
 */
export function inEffect<T extends Pick<LaterEvent, 'operation' | 'undoes'>>(later: readonly T[]): T[] {
  const operations = new Set(later.map((event) => event.operation));
  const gone = new Set<number>();
  return later
    .toReversed()
    .filter(({ operation, undoes }) => {
      if (gone.has(operation)) return false;
      if (undoes === null || !undoes.every((each) => operations.has(each))) return true;
      gone.add(operation);
      for (const each of undoes) gone.add(each);
      return false;
    })
    .toReversed();
}

/**
 * The operations of an agent, newest first, that have to be taken back to take back all of them. Operations that were
 * taken back already are left out. So is an undo together with the operations that it took back, where these are the
 * agent's, too.
 */
export function operationsToUndo(operations: readonly number[], undos: readonly Undo[]): number[] {
  const left = new Set(operations);
  for (const operation of operations) {
    if (!left.has(operation)) continue;
    const by = undoOf(operation, undos);
    if (by !== undefined && !left.has(by.operation)) left.delete(operation);
    const undo = undos.find((each) => each.operation === operation);
    if (undo?.undoes.every((each) => left.has(each)) && by === undefined) {
      left.delete(operation);
      for (const each of undo.undoes) left.delete(each);
    }
  }
  return operations.filter((operation) => left.has(operation));
}

/** `event 14 (TASK-0003 claimed by bob)`: each event once, in their order. */
export function describeConflicts(conflicts: readonly Conflict[], most = namedConflicts): string {
  const unique = [...new Map(conflicts.map((each) => [each.seq, each])).values()].toSorted((a, b) => a.seq - b.seq);
  const shown = unique.slice(0, most).map(({ seq, actor, action, goal_id, task_id }) => {
    return `event ${seq} (${task_id ?? goal_id} ${action.replaceAll('_', ' ')} by ${named(actor, longestName)})`;
  });
  return unique.length > most ? `${shown.join(', ')} and ${unique.length - most} more` : shown.join(', ');
}

/** Imports are taken back by other means: docs/decisions/undo.md. */
export function isImport(actor: string): boolean {
  return actor.startsWith('import ');
}
