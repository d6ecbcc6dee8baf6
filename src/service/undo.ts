import { isProcessOf } from '../domain/actor.ts';
import { GoalAgentError } from '../domain/errors.ts';
import type { HistoryEvent } from '../domain/history-line.ts';
import { limits } from '../domain/limits.ts';
import { type Since, sinceParams } from '../domain/since.ts';
import { isImport, operationsToUndo, type Undo, undoOf } from '../domain/undo/operations.ts';
import type { PastEvent } from '../domain/undo/rows.ts';
import { type Run, step } from '../store/database.ts';
import type { Params } from '../store/statement.ts';
import { findOperation } from '../store/statements/find-operation.ts';
import { findArchivedAfter } from '../store/statements/list-changes.ts';
import { listHistoryOfOperation, listOperationStarts } from '../store/statements/list-history.ts';
import { listLastOperations, listLastOperationsOfAgent } from '../store/statements/list-last-operations.ts';
import { countChanges, listEventsOfOperations } from '../store/statements/list-undo-events.ts';
import { listUndos } from '../store/statements/list-undos.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { type Call, read, transact } from './call.ts';
import { historyEvent, textLimit } from './history.ts';
import { planUndo, type Taking, takeBackWithin } from './take-back.ts';
import { planTemplates, takeTemplatesBack, type UndoneTemplate } from './templates/take-back.ts';
import type { UndoPlan } from './write-undo.ts';

/** What an undo did. Its first event's number is also that of its operation: undo it to have everything back. */
export interface Undone {
  operation: number;
  /** The operations that were taken back. */
  operations: number[];
  /** How many rows: goals, tasks, notes and templates. */
  rows: number;
  /** Its first events. */
  events: HistoryEvent[];
}

/** An operation that could be taken back: its first event, and how many it has. */
export interface OwnOperation {
  operation: number;
  changes: number;
  start: HistoryEvent;
}

/** Operations that are looked at together, to find one that was not taken back. */
const page = 50;
const mostOperations = 100_000;

/** An operation, and whose it was. */
interface Operation {
  operation: number;
  actor: string;
}

/**
 * Takes back the operation that an event belongs to, or the actor's last one that is still in effect and no undo itself.
 * Where there is none, it is the last one of the same agent's other processes: after a restart an agent has a new suffix.
 *
 * @throws GoalAgentError `not_found` for an event that does not exist, or when there is nothing to take back; `conflict`
 *   when it was taken back already, when its rows were changed since, or when another agent holds one of them. Nothing
 *   was changed then.
 */
export async function undo(call: Call, eventId: number | undefined): Promise<Undone> {
  if (eventId !== undefined) {
    const found = await operationOf(call, eventId);
    refuseImport(found.actor);
    const undone = await takeBack(call, [found.operation], { holders: holdersFor(call, found) });
    if (typeof undone === 'object') return undone;
    throw takenBackAlready(eventId, undone);
  }
  for (;;) {
    const last = await lastOperation(call);
    if (last === undefined) throw nothingDone(call);
    const undone = await takeBack(call, [last.operation], { holders: holdersFor(call, last) });
    // a number: somebody was faster, so look again
    if (typeof undone === 'object') return undone;
  }
}

/**
 * What `undo` would take back: the operation of an event, or the actor's last one. Its first events, and how many it has.
 *
 * @throws GoalAgentError `not_found` as undo does.
 */
export async function previewUndo(
  call: Call,
  eventId: number | undefined,
): Promise<{ operation: number; actor: string; changes: number; events: HistoryEvent[] }> {
  const { workspaceId } = call.store;
  const found = eventId === undefined ? await lastOperation(call) : await operationOf(call, eventId);
  if (found === undefined) throw nothingDone(call);
  const { operation, actor } = found;
  const { events, counts } = await read(call, {
    events: step(listHistoryOfOperation, { workspaceId, operation, textLimit, limit: limits.page }),
    counts: step(countChanges, { workspaceId, operations: [operation] }),
  });
  return { operation, actor, changes: counts[0]?.changes ?? events.length, events: events.map(historyEvent) };
}

/** All that an agent did since then and that is still in effect, newest first. */
export async function listOperationsOf(call: Call, agent: string, since: Since): Promise<OwnOperation[]> {
  refuseImport(agent);
  const { workspaceId } = call.store;
  const filter = { actor: agent, ...sinceParams(since), beforeOperation: null, withUndos: true };
  const found = await read(call, {
    starts: step(listOperationStarts, { workspaceId, textLimit, limit: mostOperations, ...filter }),
  });
  const starts = found.starts.map(historyEvent);
  const numbers = starts.map((start) => start.operation);
  const { undos } = await read(call, { undos: step(listUndos, { workspaceId, operations: numbers }) });
  const wanted = new Set(operationsToUndo(numbers, undos));
  const left = starts.filter((start) => wanted.has(start.operation));
  const { counts } = await read(call, { counts: step(countChanges, { workspaceId, operations: [...wanted] }) });
  const changes = new Map(counts.map((row) => [row.operation, row.changes]));
  return left.map((start) => ({ operation: start.operation, changes: changes.get(start.operation) ?? 0, start }));
}

/**
 * Takes back many operations as one, whoever holds what they changed.
 * @throws GoalAgentError `conflict`, which names all that is in the way. Nothing was changed then.
 */
export async function undoOperations(call: Call, operations: number[]): Promise<Undone> {
  const undone = await takeBack(call, operations, { holders: 'all' });
  if (typeof undone === 'object') return undone;
  throw new GoalAgentError(
    'conflict',
    `Nothing was undone: event ${undone} took back a part of it meanwhile. Look again.`,
  );
}

/** A process may take back what another of the same agent did, though that one still holds it: it may be gone. */
export function holdersFor(call: Call, { actor }: Operation): string[] {
  return isProcessOf(call.agentName, actor) ? [call.actor, actor] : [call.actor];
}

/** The undo, or the number of the one that took some of it back before. */
async function takeBack(
  call: Call,
  operations: number[],
  { holders }: Pick<Taking, 'holders'>,
): Promise<Undone | number> {
  return transact(call, async (run, record) => {
    const plan = await planOf(run, call, { operations, holders });
    if (typeof plan === 'number') return plan;
    const recording = await record();
    await takeBackWithin(run, plan, recording);
    await takeTemplatesBack(run, recording, plan.templates);
    const { done } = await run({ done: step(listHistoryOfOperation, { ...recording, textLimit, limit: limits.page }) });
    const { operation } = recording;
    return { operation, operations, rows: plan.rows.length + plan.templates.length, events: done.map(historyEvent) };
  });
}

/** What taking these back comes to, or the number of the undo that took some of it back before. */
export async function planOf(
  run: Run,
  call: Call,
  taking: Omit<Taking, 'events'>,
): Promise<(UndoPlan & { templates: UndoneTemplate[] }) | number> {
  const { operations } = taking;
  const set = { workspaceId: call.store.workspaceId, operations };
  const { undos, events } = await run({
    locked: step(lockGraphExclusive, { workspaceId: set.workspaceId }),
    undos: step(listUndos, set),
    events: step(listEventsOfOperations, set),
  });
  const before = takenBack(operations, undos);
  if (before !== undefined) return before.operation;
  // found a moment ago: the workspace was deleted meanwhile
  if (events.length === 0) throw historyIsGone();
  const templates = await planTemplates(run, set.workspaceId, events as PastEvent[]);
  const taken = events.filter(({ goal_id }) => goal_id !== '');
  if (taken.length + templates.length === 0) throw namesStay();
  return { ...(await planUndo(run, call, { ...taking, events: taken })), templates };
}

/** Of an undo whose own undo goes back with it, nothing is in the way. */
function takenBack(operations: number[], undos: Undo[]): Undo | undefined {
  for (const operation of operations) {
    const by = undoOf(operation, undos);
    if (by !== undefined && !operations.includes(by.operation)) return by;
  }
  return undefined;
}

export async function operationOf(call: Call, eventId: number): Promise<Operation> {
  const { workspaceId } = call.store;
  const { found } = await read(call, { found: step(findOperation, { workspaceId, seq: eventId }) });
  const [row] = found;
  if (row !== undefined) return row;
  const { archived } = await read(call, { archived: step(findArchivedAfter, { workspaceId, seq: eventId }) });
  if (archived.length > 0) {
    throw new GoalAgentError(
      'not_found',
      `Event ${eventId} is not in the history: what is as old went to an archive. goal-agent archive list names the files, and goal-agent archive restore brings one back.`,
    );
  }
  throw new GoalAgentError('not_found', `There is no event ${eventId}. get_history shows events with their event_id.`);
}

async function lastOperation(call: Call): Promise<Operation | undefined> {
  const { actor, agentName } = call;
  const own = await lastInEffect(call, { actor, statement: listLastOperations });
  if (own !== undefined || agentName === undefined || agentName === actor) return own;
  return lastInEffect(call, { actor: agentName, statement: listLastOperationsOfAgent });
}

async function lastInEffect(
  call: Call,
  { actor, statement }: { actor: string; statement: typeof listLastOperations },
): Promise<Operation | undefined> {
  const { workspaceId } = call.store;
  for (let before: number | null = null; ; ) {
    const params: Params<typeof statement> = { workspaceId, actor, limit: page, before };
    const { found } = await read(call, { found: step(statement, params) });
    const operations = found.map((each) => each.operation);
    const { undos } = await read(call, { undos: step(listUndos, { workspaceId, operations }) });
    const last = found.find(({ operation }) => undoOf(operation, undos) === undefined);
    if (last !== undefined || found.length < page) return last;
    before = found.at(-1)?.operation ?? null;
  }
}

function nothingDone({ actor }: Call): GoalAgentError {
  return new GoalAgentError(
    'not_found',
    `${actor} has done nothing that could be taken back. get_history shows what others did; undo takes an event_id of it.`,
  );
}

function historyIsGone(): GoalAgentError {
  return new GoalAgentError(
    'not_found',
    'The history of what was to be undone was deleted meanwhile; nothing was undone.',
  );
}

function namesStay(): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    'That acquired or released names of resources, which undo leaves alone: release gives a name back, and acquire takes it again. Nothing was undone.',
  );
}

export function takenBackAlready(eventId: number, undo: number): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `Event ${eventId} was taken back already, by event ${undo}. To have it back, undo event ${undo}.`,
  );
}

export function refuseImport(actor: string): void {
  if (!isImport(actor)) return;
  throw new GoalAgentError(
    'conflict',
    'An import is not taken back by undo. goal-agent import report shows what it did; what it brought can be changed one by one.',
  );
}
