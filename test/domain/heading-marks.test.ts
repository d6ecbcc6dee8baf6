import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHeading, readHeading } from '../../src/domain/checklist/heading-marks.ts';

describe('the heading of a goal', () => {
  it('may end with a name and with that of the goal that it is under, in any order', () => {
    const both = { text: 'Sign-in', key: 'auth', under: 'goal-0001' };
    expect(readHeading('Sign-in {#auth} under: goal-0001')).toEqual(both);
    expect(readHeading(' Sign-in  Under:goal-0001   {#auth} ')).toEqual(both);
    expect(readHeading('Sign-in under: a under: b')).toEqual({ text: 'Sign-in under: a', under: 'b' });
  });

  it('is text where a mark is not at the end, or has no text before it', () => {
    for (const text of [
      'under: a',
      '{#a}',
      'A thing under: the sea',
      'a{#b}',
      'plunder: b',
      'under {#a b}',
      'C: \\x',
    ]) {
      expect(readHeading(text)).toEqual({ text });
    }
  });

  it('reads back as it was, whatever its text looks like', () => {
    const piece = fc.constantFrom('a', ' ', '\\', '{#b}', 'under:', 'Under: c', '{#', '}', ',', ':');
    const text = fc.array(piece, { minLength: 1 }).map((pieces) => pieces.join('').trim());
    const name = fc.option(fc.constantFrom('goal-0001', 'x'), { nil: undefined });
    fc.assert(
      fc.property(text, name, name, (given, key, under) => {
        fc.pre(given !== '');
        const heading = { text: given, ...(key !== undefined && { key }), ...(under !== undefined && { under }) };
        expect(readHeading(formatHeading(heading))).toEqual(heading);
      }),
      { numRuns: 20_000 },
    );
  });
});
