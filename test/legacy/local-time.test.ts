import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { localFrom, TimeZone, utcFrom, utcFromNumber } from '../../src/legacy/local-time.ts';
import { aDatabase } from '../support/database.ts';

const paris = new TimeZone('Europe/Paris');
const zones = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];

describe('a timestamp', () => {
  it.each([
    ['2026-11-22T16:21:40.323896', '2026-11-22T15:21:40.323896Z'],
    ['2026-07-01T16:21:40', '2026-07-01T14:21:40.000000Z'],
    ['2026-11-22 16:21:40.5', '2026-11-22T15:21:40.500000Z'],
    ['2026-11-22T16:21:40Z', '2026-11-22T16:21:40.000000Z'],
    ['2026-11-22T16:21:40.123456789+05:30', '2026-11-22T10:51:40.123456Z'],
    ['2026-11-22T16:21:40-0800', '2026-11-23T00:21:40.000000Z'],
    ['2026-11-22T16:21', '2026-11-22T15:21:00.000000Z'],
    ['2026-11-22', '2026-11-21T23:00:00.000000Z'],
    // clocks set forward: 02:30 never was; clocks set back: 02:30 was twice, and the first counts
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00.000000Z'],
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00.000000Z'],
  ])('%s in Paris is %s', (text, utc) => {
    expect(utcFrom(text, paris)).toBe(utc);
  });

  it.each([
    '',
    'yesterday',
    '2026-02-30T00:00:00',
    '2026-13-01',
    '2026-11-22T24:00:00',
    '0000-01-01',
    '2026-11-22T1:2:3',
    '1763821300',
  ])('%j is none', (text) => expect(utcFrom(text, paris)).toBeUndefined());

  it('may be a number of seconds or milliseconds', () => {
    expect(utcFromNumber(1763828500.25)).toBe('2025-11-22T16:21:40.250000Z');
    expect(utcFromNumber(1763828500250)).toBe('2025-11-22T16:21:40.250000Z');
    expect(utcFromNumber(1e300)).toBeUndefined();
  });

  it('comes back as Python writes it, in every zone', () => {
    const micros = fc
      .integer({ min: 0, max: 4_000_000_000 })
      .chain((seconds) => fc.constantFrom(0, 1, 500_000, 999_999).map((fraction) => ({ seconds, fraction })));
    fc.assert(
      fc.property(micros, fc.constantFrom(...zones), ({ seconds, fraction }, name) => {
        const zone = new TimeZone(name);
        const utc = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(6, '0')}Z`;
        const local = localFrom(utc, zone);
        expect(local).toMatch(fraction === 0 ? /:\d\d$/ : /\.\d{6}$/);
        const back = utcFrom(local, zone) ?? '';
        // in the hour that clocks repeat, the first of two instants counts: its local text is the same
        expect(localFrom(back, zone)).toBe(local);
        if (back !== utc) expect(Date.parse(utc) - Date.parse(back)).toBeGreaterThan(0);
      }),
    );
  });

  it('means the same instant to PostgreSQL', async () => {
    const client = new pg.Client(await aDatabase());
    await client.connect();
    const texts = Array.from({ length: 400 }, (_, n) => new Date(1e9 * n).toISOString().slice(0, 19));
    for (const name of zones) {
      const { rows } = await client.query(
        `select to_char(t::timestamp at time zone $2 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as utc
         from unnest($1::text[]) with ordinality as x (t, n) order by n`,
        [texts, name],
      );
      const zone = new TimeZone(name);
      expect(rows.map((row) => row.utc)).toEqual(texts.map((text) => utcFrom(text, zone)));
    }
    await client.end();
  });
});
