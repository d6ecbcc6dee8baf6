import { describe, expect, it, test } from 'vitest';
import { type GoalEvent, wantedGoals } from '../../src/domain/undo/goals.ts';
import { describeConflicts, inEffect, operationsToUndo, undoOf } from '../../src/domain/undo/operations.ts';

const undo = (operation: number, ...undoes: number[]) => ({ operation, undoes });

test('an operation is taken back by an undo that was not taken back itself, however long the chain', () => {
  expect(undoOf(1, [])).toBeUndefined();
  expect(undoOf(1, [undo(2, 1)])).toEqual(undo(2, 1));
  expect(undoOf(1, [undo(2, 1), undo(3, 2)])).toBeUndefined();
  expect(undoOf(1, [undo(2, 1), undo(3, 2), undo(4, 3)])).toEqual(undo(2, 1));
  expect(undoOf(1, [undo(2, 1), undo(3, 2), undo(4, 1, 7)])).toEqual(undo(4, 1, 7));
});

test('of later events those are in effect that no undo among them took back', () => {
  const later = (...events: [number, number[] | null][]) =>
    inEffect(events.map(([operation, undoes]) => ({ operation, undoes }))).map((event) => event.operation);
  expect(later([1, null], [2, null])).toEqual([1, 2]);
  expect(later([1, null], [2, [1]])).toEqual([]);
  expect(later([1, null], [2, [1]], [3, [2]])).toEqual([1]);
  expect(later([1, null], [2, null], [3, [2]], [4, [1]])).toEqual([]);
  // what it took back was there before
  expect(later([2, [1]], [3, null])).toEqual([2, 3]);
});

test('an agent’s work leaves out what was taken back, and its undos together with what they undid', () => {
  expect(operationsToUndo([3, 2, 1], [])).toEqual([3, 2, 1]);
  expect(operationsToUndo([3, 2, 1], [undo(3, 2)])).toEqual([1]);
  expect(operationsToUndo([3, 2, 1], [undo(9, 2)])).toEqual([3, 1]);
  expect(operationsToUndo([4, 3, 2], [undo(3, 2), undo(4, 3)])).toEqual([2]);
  // its undo of older work is work of its own
  expect(operationsToUndo([3, 2], [undo(3, 1)])).toEqual([3, 2]);
});

test('conflicts are named once each, in their order, and no more than the message has room for', () => {
  const conflict = (seq: number) => ({ seq, actor: 'bob', action: 'lease_ended', goal_id: 'GOAL-0001', task_id: null });
  expect(describeConflicts([conflict(2), conflict(1), conflict(2)])).toBe(
    'event 1 (GOAL-0001 lease ended by bob), event 2 (GOAL-0001 lease ended by bob)',
  );
  expect(describeConflicts([1, 2, 3, 4].map(conflict), 1)).toBe('event 1 (GOAL-0001 lease ended by bob) and 3 more');
});

describe('the status of a goal', () => {
  const event = (
    operation: number,
    follows: boolean,
    was: string | null,
    is: string | null,
    undoes: number[] | null = null,
    moved: Partial<GoalEvent> = {},
  ): GoalEvent => ({
    ...{ id: 'G', seq: operation, operation, actor: 'ann', action: 'updated', follows, undoes },
    before: was === null ? null : { status: was, total: 2, open: 1 },
    after: is === null ? null : { status: is, total: 2, open: 0 },
    moved_total: 0,
    moved_open: 0,
    ...moved,
  });
  const created = event(1, false, null, 'planned');
  const wanted = (operations: number[], ...events: GoalEvent[]) => {
    const found = wantedGoals(new Set(['G']), [created, ...events], new Set(operations));
    return {
      status: found.wanted[0]?.status,
      open: found.wanted[0]?.open,
      conflicts: found.conflicts.map(({ seq }) => seq),
    };
  };

  it('is what it was where nothing moved it since', () => {
    const completed = event(5, true, 'in_progress', 'completed');
    expect(wanted([5], completed)).toEqual({ status: 'in_progress', open: 1, conflicts: [] });
    expect(wanted([5], completed, event(6, false, 'completed', 'completed'))).toMatchObject({ status: 'in_progress' });
    const taken = [event(6, false, 'completed', 'cancelled'), event(7, false, 'cancelled', 'completed', [6])];
    expect(wanted([5], completed, ...taken)).toMatchObject({ status: 'in_progress', conflicts: [] });
  });

  it('stays where something moved it, which is in the way only of a change by hand', () => {
    const later = event(6, false, 'completed', 'cancelled');
    expect(wanted([5], event(5, true, 'in_progress', 'completed'), later)).toEqual({
      status: null,
      open: 0,
      conflicts: [],
    });
    expect(wanted([5], event(5, false, 'in_progress', 'completed'), later).conflicts).toEqual([6]);
    expect(
      wanted([5], event(5, false, 'in_progress', 'completed'), event(6, true, 'completed', 'in_progress')).conflicts,
    ).toEqual([]);
    expect(wanted([9])).toEqual({ status: null, open: 0, conflicts: [] });
  });

  it('is told by how the tasks stood without anything that is taken back', () => {
    const byHand = event(3, false, 'in_progress', 'completed', null, {
      after: { status: 'completed', total: 4, open: 3 },
    });
    const opened = event(5, true, 'completed', 'in_progress', null, { moved_total: -1, moved_open: -2 });
    expect(wanted([4, 5], byHand, opened)).toEqual({ status: 'completed', open: 3, conflicts: [] });
    // that it was gone for a while gave it no other status, and neither did what was taken back
    const gone = [event(4, false, 'completed', null), event(5, false, null, 'completed', [4])];
    const reopened = event(8, true, 'completed', 'in_progress', null, { moved_total: -1, moved_open: -2 });
    expect(wanted([8], byHand, ...gone, reopened)).toMatchObject({ status: 'completed', open: 3 });
    const away = [event(4, true, 'completed', 'in_progress'), event(5, true, 'in_progress', 'completed', [4])];
    expect(wanted([8], byHand, ...away, reopened)).toMatchObject({ status: 'completed', open: 3 });
    const byItself = event(3, true, 'in_progress', 'completed');
    expect(wanted([8], byItself, event(8, true, 'completed', 'in_progress'))).toMatchObject({ open: 1 });
    // it completed by itself because of what is taken back
    expect(wanted([4, 5], byItself, opened)).toMatchObject({ open: 0 });
  });

  it('is told by the rule alone where the goal has no history', () => {
    expect(wantedGoals(new Set(['X']), [], new Set([1])).wanted).toEqual([
      { place: 0, goal_id: 'X', status: null, total: 0, open: 0 },
    ]);
  });
});
