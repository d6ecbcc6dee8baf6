import { expect, it } from 'vitest';
import { parseWhen } from '../../src/domain/when.ts';

const now = Date.parse('2026-11-28T10:00:00Z');

it.each([
  ['3d', '2026-12-01T10:00:00.000Z'],
  ['in 2 hours', '2026-11-28T12:00:00.000Z'],
  ['tomorrow', '2026-11-29T00:00:00.000000Z'],
  ['2026-12-01', '2026-12-01T00:00:00.000000Z'],
  ['2026-12-01T10:00:00+02:00', '2026-12-01T08:00:00.000000Z'],
  ['yesterday', undefined],
  ['2h ago', undefined],
  ['soon', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
])('%s is the time %s', (text, at) => {
  expect(parseWhen(text, { end: false }, now)).toBe(at);
});

it('a day ends with its last second, where something is due', () => {
  expect(parseWhen('2026-12-01', { end: true }, now)).toBe('2026-12-01T23:59:59.000000Z');
  expect(parseWhen('today', { end: true }, now)).toBe('2026-11-28T23:59:59.000000Z');
  expect(parseWhen('2026-12-01T10:00:00Z', { end: true }, now)).toBe('2026-12-01T10:00:00.000000Z');
});
