import { describe, expect, it } from 'vitest';
import { findUnexplained, type Model, type Observed } from './linearize.ts';

/** A register: the object that the paper begins with. */
type Access = Observed & { write?: number; read?: number };
const register: Model<number, Access> = {
  initial: 0,
  keyOf: String,
  next: (state, { write, read }) => (write !== undefined ? [write] : read === state ? [state] : []),
};
const write = (value: number, from: number, until: number): Access => ({ write: value, from, until });
const read = (value: number, from: number, until: number): Access => ({ read: value, from, until });
const never = Infinity;

describe('an order is found where', () => {
  it.each<[string, Access[]]>([
    ['nothing happened', []],
    ['one thing came after another', [write(1, 0, 1), read(1, 2, 3)]],
    ['a read and a write met, and the read came first', [write(1, 0, 5), read(0, 1, 2)]],
    ['a read and a write met, and the write came first', [write(1, 0, 5), read(1, 1, 2)]],
    ['two writes met, and reads saw both', [write(1, 0, 9), write(2, 0, 9), read(2, 1, 2), read(1, 3, 4)]],
    ['an end and a beginning are one moment', [write(1, 0, 1), read(0, 1, 2)]],
    ['a write that was never answered took effect late', [write(1, 0, never), read(0, 1, 2), read(1, 3, 4)]],
    ['a write that was never answered took no effect', [write(1, 0, never), read(0, 1, 2), read(0, 3, 4)]],
  ])('%s', (_, operations) => expect(findUnexplained(operations, register)).toBeUndefined());
});

describe('no order is found where', () => {
  it.each<[string, Access[], number]>([
    ['a read missed a write that had ended', [write(1, 0, 1), read(0, 2, 3)], 1],
    ['a read saw what nobody wrote', [write(1, 0, 1), read(2, 2, 3)], 1],
    ['reads saw two writes in both orders', [write(1, 0, 1), write(2, 0, 9), read(2, 2, 3), read(1, 4, 5)], 3],
    ['a write was seen, and then no longer', [write(1, 0, never), read(1, 1, 2), read(0, 3, 4)], 2],
    ['a write was seen before it began', [read(1, 0, 1), write(1, 2, never)], 0],
  ])('%s', (_, operations, explained) => {
    expect(findUnexplained(operations, register)).toMatchObject({ explained });
  });

  it('and what could not come next is named', () => {
    expect(findUnexplained([write(1, 0, 1), read(0, 2, 3)], register)?.stuckAt).toEqual([read(0, 2, 3)]);
  });
});

it('agrees with one who tries every order, on small histories of every kind', () => {
  const found = { explained: 0, unexplained: 0 };
  for (let round = 0; round < 3_000; round += 1) {
    const operations = Array.from({ length: 5 }, () => anAccess());
    const isExplained = findUnexplained(operations, register) === undefined;
    expect(isExplained, JSON.stringify(operations)).toBe(isExplainedByTrying(operations, 0));
    found[isExplained ? 'explained' : 'unexplained'] += 1;
  }
  expect(Math.min(found.explained, found.unexplained)).toBeGreaterThan(100);
});

it('thousands of operations, of which many overlap, take moments', () => {
  const operations = Array.from({ length: 4_000 }, (_, n) => [write(n, 3 * n, 3 * n + 7), read(n, 3 * n, 3 * n + 7)]);
  expect(findUnexplained(operations.flat(), register)).toBeUndefined();
});

function anAccess(): Access {
  const from = Math.floor(Math.random() * 8);
  const until = Math.random() < 0.1 ? never : from + Math.floor(Math.random() * 5);
  const value = Math.floor(Math.random() * 3);
  return Math.random() < 0.5 && until !== never ? read(value, from, until) : write(value, from, until);
}

function isExplainedByTrying(left: Access[], state: number): boolean {
  if (left.every(({ until }) => until === never)) return true;
  return left.some((operation) => {
    const rest = left.filter((each) => each !== operation);
    const isNext = rest.every(({ until }) => until >= operation.from);
    return isNext && register.next(state, operation).some((after) => isExplainedByTrying(rest, after));
  });
}
