import { describe, expect, it } from 'vitest';
import { type Acknowledged, type Change, violations } from './violations.ts';

const at = (seconds: number) => new Date(seconds * 1000);
const claimed = (agent: string, fence: number, from: number): Change => ({
  action: 'claimed',
  actor: agent,
  at: at(from),
  status: 'in_progress',
  claimedBy: agent,
  leaseEndsAt: at(from + 10),
  fence,
});
const ended = (action: string, actor: string, fence: number, when: number, status = 'pending'): Change => ({
  action,
  actor,
  at: at(when),
  status,
  claimedBy: null,
  leaseEndsAt: null,
  fence,
});
const done = (actor: string, fence: number, when: number) => ended('updated', actor, fence, when, 'completed');

const check = (changes: Change[], acknowledged: Acknowledged[] = []) =>
  violations(new Map([['T', changes]]), acknowledged);

describe('the checker of histories', () => {
  it('finds nothing in a good one', () => {
    const history = [
      claimed('a', 1, 0),
      ended('lease_ended', 'goal-agent', 1, 10),
      claimed('b', 2, 11),
      ended('released', 'b', 2, 12),
      claimed('a', 3, 13),
      done('a', 3, 14),
    ];
    const told: Acknowledged[] = [
      { kind: 'claimed', task: 'T', fence: 1, agent: 'a' },
      { kind: 'refused', task: 'T', fence: 1, agent: 'a' },
      { kind: 'completed', task: 'T', fence: 3, agent: 'a' },
    ];
    expect(check(history, told)).toEqual([]);
  });

  it.each<[string, Change[], Acknowledged[], RegExp]>([
    ['two holders at once', [claimed('a', 1, 0), claimed('b', 2, 5), done('b', 2, 6)], [], /while a held it/],
    [
      'a fence that does not grow',
      [claimed('a', 1, 0), ended('released', 'a', 1, 1), claimed('b', 1, 2), done('b', 1, 3)],
      [],
      /fence 1 after 1/,
    ],
    [
      'a lease ended early',
      [claimed('a', 1, 0), ended('lease_ended', 'goal-agent', 1, 9), claimed('b', 2, 9), done('b', 2, 9)],
      [],
      /before its time/,
    ],
    ['a task taken away', [claimed('a', 1, 0), done('b', 1, 1)], [], /taken from a by b/],
    ['a task lost', [claimed('a', 1, 0), ended('lease_ended', 'goal-agent', 1, 10)], [], /was lost/],
    ['a task completed twice', [claimed('a', 1, 0), done('a', 1, 1), done('a', 1, 2)], [], /completed 2 times/],
    [
      'a late holder accepted',
      [
        claimed('a', 1, 0),
        ended('lease_ended', 'x', 1, 10),
        claimed('b', 2, 10),
        ended('released', 'b', 2, 11),
        done('a', 1, 12),
      ],
      [],
      /not its last holder/,
    ],
    [
      'an acknowledged claim forgotten',
      [claimed('a', 1, 0), done('a', 1, 1)],
      [{ kind: 'claimed', task: 'T', fence: 2, agent: 'a' }],
      /has it not/,
    ],
    [
      'an acknowledged completion forgotten',
      [claimed('a', 1, 0), done('a', 1, 1)],
      [{ kind: 'completed', task: 'T', fence: 1, agent: 'b' }],
      /has it not/,
    ],
  ])('finds %s', (_what, history, told, said) => {
    expect(check(history, told)).toContainEqual(expect.stringMatching(said));
  });
});
