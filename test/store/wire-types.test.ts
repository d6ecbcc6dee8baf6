import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wireTypes } from '../../src/store/wire-types.ts';
import { aDatabase } from '../support/database.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ ...(await aDatabase()), types: wireTypes });
  await client.connect();
});
afterAll(() => client.end());

it.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'])(
  'a timestamp is ISO 8601 in UTC when the session is in %s',
  async (zone) => {
    await client.query("select set_config('timezone', $1, false)", [zone]);
    await fc.assert(
      fc.asyncProperty(
        fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        async (date) => {
          const { rows } = await client.query('select $1::timestamptz as at', [date.toISOString()]);
          expect(rows[0].at).toBe(date.toISOString());
        },
      ),
      { numRuns: 50 },
    );
  },
);

it('microseconds are cut to milliseconds', async () => {
  const { rows } = await client.query("select '2026-01-02 03:04:05.999999+00'::timestamptz as at");
  expect(rows[0].at).toBe('2026-01-02T03:04:05.999Z');
});

it('numbers of eight bytes are numbers, alone and in lists', async () => {
  const { rows } = await client.query('select 9007199254740991::int8 as one, array[1, 2]::int8[] as many');
  expect(rows[0]).toEqual({ one: 9007199254740991, many: [1, 2] });
});
