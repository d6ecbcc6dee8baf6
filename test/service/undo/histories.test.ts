import fc from 'fast-check';
import type pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../src/service/call.ts';
import { listOperationsOf, undoOperations } from '../../../src/service/undo.ts';
import { aCall } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { aRandomStep, firstSteps, perform, type RandomStep, wholeState } from '../../support/random-history.ts';

let calls: [Call, Call];
let sql: pg.Client;

beforeAll(async () => {
  const opened = await aCall();
  calls = [opened.call, { ...opened.call, actor: 'other' }];
  sql = opened.sql;
});
beforeEach(() => sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade'));

const steps = fc.array(aRandomStep, { minLength: 8, maxLength: 25 });
const someRuns = { numRuns: 25, endOnFailure: true };

/** An operation, and all rows as they were before it and after it. */
interface Done {
  operation: number;
  before: unknown;
  after: unknown;
}

describe('after any history, with undos in it', () => {
  it('undoing everything in reverse gives each state back, and undoing that does too', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
        const done = await run(history);
        const undos: Done[] = [];
        for (const { operation, before, after } of done.toReversed()) {
          const undone = await undoOperations(calls[0], [operation]);
          expect(await wholeState(sql)).toEqual(before);
          expect(await brokenInvariants(sql)).toEqual({});
          undos.push({ operation: undone.operation, before: after, after: before });
        }
        for (const { operation, before } of undos.toReversed()) {
          await undoOperations(calls[0], [operation]);
          expect(await wholeState(sql)).toEqual(before);
        }
        expect(await brokenInvariants(sql)).toEqual({});
      }),
      someRuns,
    );
  }, 240_000);
});

describe('after any history, the last part of which is one agent’s', () => {
  it('undoing all that it did as one operation gives the state before it back, and undoing that too', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(10), async (history, length) => {
        await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
        await run(history.slice(0, length));
        const before = await wholeState(sql);
        const agent = { ...calls[0], actor: 'agent' };
        // out of order, an undo leaves dependents out that are gone at that time
        const part = history.slice(length).filter((step) => step.kind !== 'undoAny');
        for (const step of part) await perform([agent, agent], step, { sql, leaseSeconds: 36_000 });
        const after = await wholeState(sql);
        const found = await listOperationsOf(calls[0], 'agent', { secondsAgo: 3_600 });
        if (found.length === 0) {
          expect(after).toEqual(before);
          return;
        }
        const { operation } = await undoOperations(
          calls[0],
          found.map((each) => each.operation),
        );
        expect(await wholeState(sql)).toEqual(before);
        expect(await brokenInvariants(sql)).toEqual({});
        await undoOperations(calls[1], [operation]);
        expect(await wholeState(sql)).toEqual(after);
        expect(await brokenInvariants(sql)).toEqual({});
      }),
      someRuns,
    );
  }, 240_000);
});

describe('after any history in which leases run out', () => {
  it('revisions and fences never go down, whatever is taken back, and every count is right', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        await sql.query('truncate goals, tasks, task_dependencies, operations, events, notes cascade');
        const highest = new Map<string, { revision: number; fence: number }>();
        for (const step of [...firstSteps, ...history]) {
          await perform(calls, step, { sql, leaseSeconds: 0.001 });
          expect(await brokenInvariants(sql)).toEqual({});
          const { rows } = await sql.query(`
            select id, revision::int4, 0 as fence from goals union all select id, revision::int4, fence::int4 from tasks`);
          for (const { id, revision, fence } of rows) {
            const before = highest.get(id);
            expect(revision).toBeGreaterThanOrEqual(before?.revision ?? 0);
            expect(fence).toBeGreaterThanOrEqual(before?.fence ?? 0);
            highest.set(id, { revision, fence });
          }
        }
      }),
      someRuns,
    );
  }, 240_000);
});

async function run(history: RandomStep[]): Promise<Done[]> {
  const done: Done[] = [];
  let before = await wholeState(sql);
  for (const step of [...firstSteps, ...history]) {
    await perform(calls, step, { sql, leaseSeconds: 36_000 });
    expect(await brokenInvariants(sql)).toEqual({});
    const { rows } = await sql.query('select distinct operation::int4 from events where operation <> all($1)', [
      done.map((each) => each.operation),
    ]);
    const after = await wholeState(sql);
    expect(rows.length).toBeLessThanOrEqual(1);
    if (rows.length === 0) expect(after).toEqual(before);
    else done.push({ operation: rows[0].operation, before, after });
    before = after;
  }
  return done;
}
