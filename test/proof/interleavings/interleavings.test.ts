import { afterAll, beforeAll, expect, it } from 'vitest';
import { tools } from '../../../src/tools/index.ts';
import { isAtLength, repeats, seed, tell } from '../../support/proof.ts';
import { type Operation, operations } from './operations.ts';
import { meet, pairsOf, triplesOver } from './pairs.ts';
import { Players, type Wanted } from './players.ts';
import { cut, everyOrder, halfway, randomFrom, shuffled, someOrder, stepsOf } from './schedules.ts';

// Writing operations meet step by step: each statement of each, also inside the functions of the schema, waits for its turn.
// The ordinary tests let each pair meet once; `npm run proof -- interleavings` runs all orders of up to eight stretches. In the 70
// orders of each of these pairs so many mistakes were found without what guards it:
// - two halves of a cycle: 100 without lockGraphExclusive in update-task.ts
// - a task is completed while another is made to depend on it: 54 without the same
// - a task is deleted and claimed: 60 without the lock on the task in delete_task
// - a note is written on a task that is deleted: 34 without the lock on the task in add_note
// - a status is taken back and set: 30 deadlocks without lockGraphExclusive and lockTasksForUndo in an undo

const random = randomFrom(seed);
/** How often each pair is cut at other points. */
const rounds = repeats('rounds', { briefly: 0, atLength: 1 });
const minutes = repeats('minutes', { briefly: 0, atLength: Number.POSITIVE_INFINITY });
/** Triples that come with each schedule of a pair. */
const triplesAPair = 0.05;
const limitMs = isAtLength ? 0 : 600_000;

let players: Players;
/** The steps that each operation takes alone. */
const steps = new Map<Operation, number>();

beforeAll(async () => {
  players = await Players.open(isAtLength ? 3 : 2);
});

afterAll(() => players.close());

it('every tool that writes has an operation here', () => {
  const writing = tools.filter(({ hints }) => !hints.readOnlyHint).map(({ name }) => name);
  expect(new Set(operations.flatMap(({ tool }) => tool ?? []))).toEqual(new Set(writing));
});

it('each operation alone does what it says', async () => {
  const alone = operations.map((operation) => ({
    operations: [operation],
    turns: new Array<number>(mostSteps).fill(0),
  }));
  const wrong = await players.play(alone, ({ operations: [operation], run }) => {
    if (operation !== undefined) steps.set(operation, run.taken.length);
    expect(run.endings).toMatchObject([{ answer: expect.anything() }]);
  });
  expect(wrong).toEqual([]);
  expect(Math.max(...steps.values())).toBeLessThan(mostSteps);
});

it('operations in any order of their steps leave nothing that is wrong', { timeout: limitMs }, async () => {
  const pairs = pairsOf(operations);
  const wanted = rounds === 0 ? triplesOver(pairs, operations).map(atOnce) : inAllOrders(pairs);
  const wrong = await players.play(wanted);
  expect(wrong, `seed ${seed}`).toEqual([]);
  const { deadlocks, ...others } = players.counts;
  expect(deadlocks).toBe(0);
  tell('interleavings', { operations: operations.length, pairs: pairs.length, ...others, deadlocks });
});

/** More steps than any operation takes. */
const mostSteps = 200;

function lengthsOf(those: readonly Operation[]): number[] {
  return those.map((each) => steps.get(each) ?? 0);
}

/** Operations that meet once, in an order by chance. */
function atOnce(those: readonly Operation[]): Wanted {
  return { operations: those, turns: halfway(lengthsOf(those), random) };
}

/**
 * All orders of as many stretches as there are at most: of short operations that is every order of their steps. Each pair has its
 * first order before any has its second one, so that a run of a few minutes is an even sample. A triple comes with every few pairs.
 */
function* inAllOrders(pairs: readonly (readonly Operation[])[]): Generator<Wanted> {
  const until = performance.now() + minutes * 60_000;
  for (let round = 0; round < rounds; round += 1) {
    for (const wanted of inTurn(pairs.map(ordersOf))) {
      if (performance.now() > until) return;
      yield wanted;
      if (random() < triplesAPair) yield aTriple();
    }
  }
}

function ordersOf(pair: readonly Operation[]): Wanted[] {
  const stretches = cut(lengthsOf(pair), random);
  const orders = [...everyOrder(stretches.map(({ length }) => length))];
  return shuffled(orders, random).map((order) => ({ operations: pair, turns: stepsOf(order, stretches) }));
}

/** The first of each list, then the second of each, and so on. */
function* inTurn<T>(lists: readonly (readonly T[])[]): Generator<T> {
  const longest = Math.max(...lists.map(({ length }) => length));
  for (let place = 0; place < longest; place += 1) {
    for (const list of lists) {
      const each = list[place];
      if (each !== undefined) yield each;
    }
  }
}

function aTriple(): Wanted {
  for (;;) {
    const those = Array.from({ length: 3 }, () => operations[Math.floor(random() * operations.length)]);
    const known = those.filter((each) => each !== undefined);
    if (!meet(...known)) continue;
    const stretches = cut(lengthsOf(known), random);
    const order = someOrder(
      stretches.map(({ length }) => length),
      random,
    );
    return { operations: known, turns: stepsOf(order, stretches) };
  }
}
