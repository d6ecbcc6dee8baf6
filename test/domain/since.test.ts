import { expect, test } from 'vitest';
import { parseSince } from '../../src/domain/since.ts';

test.each([
  ['2h', { secondsAgo: 7_200 }],
  ['90m', { secondsAgo: 5_400 }],
  [' 3 D ', { secondsAgo: 259_200 }],
  ['1w', { secondsAgo: 604_800 }],
  ['2026-11-23T10:42:00Z', { at: '2026-11-23T10:42:00.000Z' }],
  ['2026-11-23T10:42:00.123456+02:00', { at: '2026-11-23T08:42:00.123Z' }],
  ['2026-11-23 10:42', { at: '2026-11-23T10:42:00.000Z' }],
  ['2026-11-23', { at: '2026-11-23T00:00:00.000Z' }],
])('%j is a time', (text, since) => {
  expect(parseSince(text)).toEqual(since);
});

test.each([
  '',
  'yesterday',
  '2',
  'h',
  '-2h',
  '2y',
  '999999999w',
  '2026-02-30',
  '2026-13-01',
  '2026-11-23T25:00Z',
  '20261123',
  '2026-11-23T10:42:00+9999',
])('%j is none', (text) => {
  expect(parseSince(text)).toBeUndefined();
});
