import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEffort, MAX_EFFORT_MINUTES, parseEffort } from '../../src/domain/effort.ts';

test.each([
  ['30m', 30],
  ['4h', 240],
  ['2d', 960],
  ['1w', 2400],
  ['1d 4h', 720],
  ['1D4H', 720],
  ['1.5h', 90],
  ['.5 h', 30],
  ['  2   Days ', 960],
  ['1 week 1 day 1 Hour 1 MINUTE', 2400 + 480 + 60 + 1],
  ['2 hrs 5 mins', 125],
  ['1.1h', 66],
  ['0.1m', 1],
  ['90 seconds', 2],
  ['520w', MAX_EFFORT_MINUTES],
])('the effort %j is %i minutes', (text, minutes) => {
  expect(parseEffort(text)).toBe(minutes);
});

test.each([
  '',
  ' ',
  '4',
  'h',
  '0h',
  '-1h',
  '4x',
  '1h -',
  '2-4h',
  '1,5h',
  '1e3h',
  'about 2h',
  '1h 30',
  '521w',
  `${'9'.repeat(400)}m`,
  '1 constructor',
])('the effort %j cannot be read', (text) => {
  expect(parseEffort(text)).toBeUndefined();
});

test('minutes are written in weeks, days, hours and minutes, without the units that are zero', () => {
  expect([1200, 2400, 61, 4861, 0].map(formatEffort)).toEqual(['2d 4h', '1w', '1h 1m', '2w 1h 1m', '0m']);
});

test('an effort that was written is read back to the same minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_EFFORT_MINUTES }), (minutes) => {
      expect(parseEffort(formatEffort(minutes))).toBe(minutes);
    }),
  );
});

test('any text at all is read as whole minutes within the bounds, or not read', () => {
  const almost = fc.stringMatching(/^[0-9. mhdw]{0,12}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), almost), (text) => {
      const minutes = parseEffort(text);
      if (minutes === undefined) return;
      expect(Number.isInteger(minutes)).toBe(true);
      expect(minutes).toBeGreaterThan(0);
      expect(minutes).toBeLessThanOrEqual(MAX_EFFORT_MINUTES);
    }),
  );
});

// a pattern that backtracks would not come back before the runner gives up
test('a long text that is nearly an effort is refused', () => {
  for (const text of [`${'1h '.repeat(50_000)}!`, '1'.repeat(100_000), `1${' '.repeat(100_000)}!`])
    expect(parseEffort(text)).toBeUndefined();
});
