import { describe, expect, it } from 'vitest';
import { judge, type Traces } from './support/checker.ts';
import type { Acknowledged } from './support/record.ts';

const told: Acknowledged = {
  mark: 'mark-a-1',
  tool: 'break_down_goal',
  requestId: 'r',
  text: '{"created":2}',
  parts: 2,
  ids: ['TASK-0001', 'TASK-0002'],
};
const done: Traces = {
  mark: 'mark-a-1',
  operation: '7',
  count: 2,
  ids: ['TASK-0001', 'TASK-0002'],
  requestId: 'r',
  answer: '{"created":2}',
};
const parts = new Map([['mark-a-1', [2]]]);
const nothing = { lost: [], halves: [], twice: [], wrong: [] };

describe('the checker of acknowledged writes', () => {
  it('finds nothing where each is there once, and where what was not acknowledged is there or is not', () => {
    expect(judge({ told: [told], parts, traces: [done] })).toEqual(nothing);
    expect(judge({ told: [], parts, traces: [done] })).toEqual(nothing);
    expect(judge({ told: [], parts, traces: [] })).toEqual(nothing);
  });

  it.each<[string, Acknowledged[], Traces[], keyof typeof nothing]>([
    ['an acknowledged write that is gone', [told], [], 'lost'],
    ['half of an acknowledged write', [told], [{ ...done, count: 1, ids: ['TASK-0001'] }], 'halves'],
    ['half of a write that was not acknowledged', [], [{ ...done, count: 1 }], 'halves'],
    ['a write that was applied twice', [told], [done, { ...done, operation: '8' }], 'twice'],
    ['an unacknowledged one that was applied twice', [], [done, { ...done, operation: '8' }], 'twice'],
    ['an ID that was told and is not there', [{ ...told, ids: ['TASK-0003'] }], [done], 'wrong'],
    ['another answer than was given', [told], [{ ...done, answer: '{"created":3}' }], 'wrong'],
  ])('finds %s', (_what, acknowledged, traces, kind) => {
    const verdict = judge({ told: acknowledged, parts, traces });
    expect(verdict[kind]).not.toEqual([]);
  });
});
