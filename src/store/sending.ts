import type { QueryResult } from 'pg';
import type { Held } from './held.ts';
import { type Beginning, planSettings } from './session.ts';
import { sendShared } from './shared-steps.ts';
import { flush } from './statements/flush.ts';
import { type Rows, type Run, type Step, type Steps, step } from './steps.ts';

// How transactions begin, and how statements are sent before the first of them is answered.

/**
 * The transaction waits for its client between statements. One that stands still, or whose network is gone without a word,
 * must not keep its locks from all others: the server ends it (25P03), and with it the connection.
 */
export const toWritePatiently: Beginning = { isolation: 'read committed', settings: planSettings };
export const toWrite: Beginning = {
  isolation: 'read committed',
  settings: [...planSettings, "idle_in_transaction_session_timeout = '10s'"],
};
/** A flush of its own, behind a change that did not wait for the disk. */
export const toFlush = step(flush, {});
const toReadOneSnapshot: Beginning = { isolation: 'repeatable read', reads: true };
/** What stands for no transaction at all, where a pooler needs one. */
const toRunOne: Beginning = { isolation: 'read committed' };
/** What is known of the tables changes the plan, and making it costs little beside running it. */
const toPlanAnew: Beginning = {
  ...toRunOne,
  reads: true,
  settings: ['plan_cache_mode = force_custom_plan', 'enable_seqscan = on', 'enable_bitmapscan = on'],
};
const toRunUnflushed: Beginning = { isolation: 'read committed', settings: ['synchronous_commit = off'] };

/** Waits for all, and throws the first failure: what follows it in a transaction fails only because of it. */
export async function inOrder(sent: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  for (const each of await Promise.allSettled(sent)) if (each.status === 'rejected') throw each.reason;
}

/** Sends each step by `send`, and gives back its rows by its name. */
export async function sendSteps<T extends Steps>(
  steps: T,
  send: (step: Step, name: string) => Promise<Pick<QueryResult, 'rows'>>,
): Promise<Rows<T>> {
  const sent = Object.entries(steps).map(([name, step]) => ({ name, answer: step && send(step, name) }));
  await inOrder(sent.map(({ answer }) => answer));
  const rows = await Promise.all(sent.map(async ({ name, answer }) => [name, (await answer)?.rows ?? []]));
  return Object.fromEntries(rows); // a test compares the columns that statements declare with those that they have
}

/** The steps of a transaction that is open on a connection. */
export function runOn(held: Held): Run {
  return (steps) => {
    held.sendTogether();
    return sendSteps(steps, (step) => held.query(step));
  };
}

/** A statement that is no part of anything. */
export async function sendAlone(held: Held, what: Step | string, beginning = toRunOne): Promise<QueryResult> {
  const isPlannedAnew = typeof what !== 'string' && what.statement.plannedAnew;
  if (!held.needsTransaction && !isPlannedAnew) return held.query(what);
  held.sendTogether();
  const [begun, answer, committed] = [
    held.begin(isPlannedAnew ? toPlanAnew : beginning),
    held.query(what),
    held.query('commit'),
  ];
  await inOrder([begun, answer, committed]);
  return answer;
}

/** Steps that read: a single one is alone, and several are on one snapshot. */
export async function sendReads<T extends Steps>(held: Held, steps: T): Promise<Rows<T>> {
  if (Object.keys(steps).length === 1) return sendSteps(steps, (step) => sendAlone(held, step));
  held.sendTogether();
  const begun = held.begin(toReadOneSnapshot);
  const rows = sendSteps(steps, (step) => held.query(step));
  await inOrder([begun, rows, held.query('commit')]);
  return rows;
}

/** What a change came to. */
export interface Sent<R> {
  result: R;
  /** What the watcher's look saw; undefined where the change is committed, and the look failed. */
  seen: unknown[] | undefined;
  /** Steps that failed when the change was committed, and whose rows are missing. */
  unseen?: Record<string, Step>;
}

/** A change by a function of the schema, and the watcher's look at what it did. */
export interface Change<T extends Steps = Steps> {
  steps: T;
  look: Step | undefined;
}

/** A change whose first step is a transaction of its own, then what waits for the disk, and the looks at what it did. */
export async function sendChange<T extends Steps>(held: Held, { steps, look }: Change<T>): Promise<Sent<Rows<T>>> {
  held.sendTogether();
  const { result, unseen } = sendFirst(held, steps);
  const [change] = Object.values(steps);
  const flushed = change?.statement.isFlushedAfter ? sendAlone(held, toFlush) : undefined;
  const seen = sendLook(held, look);
  await inOrder([result, flushed]);
  return { result: await result, seen: await seen, unseen };
}

/**
 * Several changes, each a transaction of its own that does not wait for the disk, and behind them one flush for all.
 * Each answer comes after that flush; what is wrong with one change concerns no other. Changes that may be one statement
 * are one.
 */
export function sendTogether(held: Held, changes: readonly Change[]): Promise<Sent<unknown>>[] {
  held.sendTogether();
  const ready = held.needsTransaction ? undefined : held.query('set synchronous_commit = off');
  const shared = sendShared(changes, (step) => sendAlone(held, step, toRunUnflushed));
  const sent = changes.map((change) => {
    const result = shared.get(change);
    return result === undefined ? sendFirst(held, change.steps, toRunUnflushed) : { result, unseen: {} };
  });
  const reset = held.needsTransaction ? undefined : held.query('reset synchronous_commit');
  const flushed = inOrder([ready, reset, sendAlone(held, toFlush)]);
  flushed.catch(() => {}); // each change that was made fails with it
  const seen = changes.map(({ look }) => sendLook(held, look));
  return sent.map(async ({ result, unseen }, place) => {
    await inOrder([result, flushed]);
    return { result: await result, seen: await seen[place], unseen };
  });
}

/** Sends the change and the steps behind it. A look that fails takes nothing from a change that was made. */
function sendFirst<T extends Steps>(held: Held, steps: T, beginning?: Beginning) {
  const [change] = Object.values(steps);
  const unseen: Record<string, Step> = {};
  const result = sendSteps(steps, (each, name) => {
    const answer = sendAlone(held, each, beginning);
    if (each === change) return answer;
    return answer.catch(() => {
      unseen[name] = each;
      return { rows: [] };
    });
  });
  return { result, unseen };
}

/** The rows that the watcher sees; undefined where the look failed. */
async function sendLook(held: Held, look: Step | undefined): Promise<unknown[] | undefined> {
  if (look === undefined) return [];
  return sendAlone(held, look).then(
    ({ rows }) => rows,
    () => undefined,
  );
}

/** A transaction whose steps depend on each other's rows. */
export async function sendBody<R>(
  held: Held,
  beginning: Beginning,
  body: (run: Run) => Promise<R>,
  look: Step | undefined,
): Promise<Sent<R>> {
  held.sendTogether();
  const begun = held.begin(beginning);
  begun.catch(() => {}); // the first step fails with it
  const run = runOn(held);
  try {
    const result = await body(async (steps) => {
      const rows = run(steps);
      await inOrder([begun, rows]);
      return rows;
    });
    held.sendTogether();
    const ends = sendSteps({ look }, (each) => held.query(each));
    await inOrder([ends, held.query('commit')]);
    return { result, seen: (await ends).look };
  } catch (error) {
    await held.query('rollback').catch(() => {});
    throw error;
  }
}
