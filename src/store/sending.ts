import type { QueryResult } from 'pg';
import type { Held } from './held.ts';
import type { Beginning } from './session.ts';
import { flush } from './statements/flush.ts';
import { type Rows, type Step, settleInOrder, step } from './steps.ts';

// How transactions begin, and how the whole of one is sent before its first answer.

/**
 * A write touches a few rows by their keys, whatever the tables' statistics say, and its statements are large: planning
 * them costs more than running them. So one plan is made and kept, and it goes by index. set_task_statuses alone, on a busy
 * machine, p50: 3.2 ms with PostgreSQL's own choice of plans, 3.8 ms planned each time, 1.9 ms with one plan kept.
 * Without statistics a bitmap over the whole workspace looks cheaper than a few keys: a claim among 4,000 new tasks read
 * all of them three times, 4.7 ms in place of 1.3. See statistics.ts, too. What is switched off so has a price before
 * PostgreSQL 18 that makes any plan look worth compiling, which takes a second.
 */
export const toWrite: Beginning = {
  isolation: 'read committed',
  settings:
    'set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local enable_bitmapscan = off; set local jit = off',
};
/**
 * Where a transaction waits for its client between statements: one that stands still, or whose network is gone without a
 * word, must not keep its locks from all others. The server ends it (25P03), and with it the connection.
 */
export const toWriteAtLength = withSetting(toWrite, "idle_in_transaction_session_timeout = '10s'");
export const toReadOneSnapshot: Beginning = { isolation: 'repeatable read', reads: true };
/** What stands for no transaction at all, where a pooler needs one. */
const toRunOne: Beginning = { isolation: 'read committed' };

export function withSetting(beginning: Beginning, setting: string): Beginning {
  return { ...beginning, settings: `${beginning.settings}; set local ${setting}` };
}

/** Sends all of a transaction before its first answer. */
async function send(held: Held, begin: Beginning, what: readonly (Step | string)[]): Promise<QueryResult[]> {
  held.sendTogether();
  const sent = [held.begin(begin), ...what.map((each) => held.query(each)), held.query('commit')];
  return (await settleInOrder(sent)).slice(1, -1);
}

export async function pipeline<const T extends readonly Step[]>(
  held: Held,
  begin: Beginning,
  steps: T,
): Promise<Rows<T>> {
  return (await send(held, begin, steps)).map((answer) => answer.rows) as Rows<T>;
}

/** A statement that is no part of anything. */
export async function runAlone(held: Held, what: Step | string): Promise<QueryResult> {
  if (!held.needsTransaction) return held.query(what);
  const [answer] = await send(held, toRunOne, [what]);
  return answer as QueryResult;
}

/** A function of the schema, which is a transaction of its own, what waits for the disk, and looks at what it did. */
export async function changeAlone(
  held: Held,
  change: Step,
  looks: readonly Step[],
): Promise<(QueryResult | undefined)[]> {
  held.sendTogether();
  const sent = [change, ...flushOf(change)].map((each) => held.query(each));
  const after = looks.map((each) => held.query(each).catch(() => undefined));
  const [changed] = await settleInOrder(sent);
  return [changed, ...(await Promise.all(after))];
}

/** The same where a pooler lends a connection for a transaction. */
export async function changeWithin(
  held: Held,
  change: Step,
  looks: readonly Step[],
): Promise<(QueryResult | undefined)[]> {
  const answers = await send(held, toRunOne, [change, ...looks]);
  for (const each of flushOf(change)) await send(held, toRunOne, [each]);
  return answers;
}

function flushOf({ statement }: Step): Step[] {
  return statement.isFlushedAfter ? [step(flush, {})] : [];
}
