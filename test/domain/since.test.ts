import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEffort } from '../../src/domain/effort.ts';
import { parseSince } from '../../src/domain/since.ts';

test.each([
  ['2h', 7_200],
  ['90m', 5_400],
  [' 3 D ', 259_200],
  ['1w', 604_800],
  ['30s', 30],
  ['1 hour', 3_600],
  ['2 hours ago', 7_200],
  ['90 minutes', 5_400],
  ['1d 4h', 100_800],
  ['1.5h', 5_400],
  ['0.5s', 1],
  ['36525d', 36_525 * 86_400],
])('%j is so many seconds ago', (text, secondsAgo) => {
  expect(parseSince(text)).toEqual({ secondsAgo });
});

test.each([
  ['2026-11-23T10:42:00Z', '2026-11-23T10:42:00.000000Z'],
  ['2026-11-23t10:42:00z', '2026-11-23T10:42:00.000000Z'],
  ['2026-11-23T10:42:00.123456+02:00', '2026-11-23T08:42:00.123456Z'],
  ['2026-11-23T10:42:00.123456789Z', '2026-11-23T10:42:00.123456Z'],
  ['2026-11-23T10:42:00,5Z', '2026-11-23T10:42:00.500000Z'],
  ['2026-11-23 10:42:00.123456+00', '2026-11-23T10:42:00.123456Z'],
  ['2026-11-23 10:42', '2026-11-23T10:42:00.000000Z'],
  ['2026-11-23', '2026-11-23T00:00:00.000000Z'],
  ['0000-01-01', '0001-01-01T00:00:00.000000Z'],
  ['0000-01-01T00:00+14:00', '0001-01-01T00:00:00.000000Z'],
  ['0001-01-01T00:00+00:01', '0001-01-01T00:00:00.000000Z'],
  ['9999-12-31T24:00Z', '9999-12-31T23:59:59.999999Z'],
  ['9999-12-31T23:59-12:00', '9999-12-31T23:59:59.999999Z'],
])('%j is a time', (text, at) => {
  expect(parseSince(text)).toEqual({ at });
});

test('today and yesterday begin at midnight, in UTC', () => {
  const now = Date.parse('2026-03-01T00:30:00Z');
  expect(parseSince('today', now)).toEqual({ at: '2026-03-01T00:00:00.000000Z' });
  expect(parseSince(' Yesterday', now)).toEqual({ at: '2026-02-28T00:00:00.000000Z' });
});

test.each([
  '',
  'ago',
  '2',
  '2 ago',
  'h',
  '-2h',
  '2y',
  '1h -',
  'tomorrow',
  'constructor',
  '999999999w',
  `${'9'.repeat(400)}s`,
  '2026-02-30',
  '2026-13-01',
  '2026-11-23T25:00Z',
  '20261123',
  '2026-11-23T10:42:00+9999',
  '2026-11-23T10:42:00+2',
  '+012026-11-23',
])('%j is none', (text) => {
  expect(parseSince(text)).toBeUndefined();
});

test('every span that is an effort is a time, too, and any time at all is one that PostgreSQL takes', () => {
  const almost = fc.stringMatching(
    /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](\.[0-9]{0,12})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$/,
  );
  fc.assert(
    fc.property(fc.oneof(almost, fc.string(), fc.stringMatching(/^[0-9. smhdw]{0,12}$/)), (text) => {
      const since = parseSince(text);
      if (parseEffort(text) !== undefined) expect(since).toHaveProperty('secondsAgo');
      if (since !== undefined && 'at' in since)
        expect(since.at).toMatch(/^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }),
  );
});
