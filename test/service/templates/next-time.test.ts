import { describe, expect, it } from 'vitest';
import { nextTime, refuseRule } from '../../../src/service/templates/next-time.ts';

const rule = (text: string, timeZone = 'UTC', startsAt = '2026-01-05T09:00:00Z') => ({
  rule: text,
  timeZone,
  startsAt,
});

describe('a rule comes', () => {
  it.each([
    // the clock is put forward in the night of 28 March 2027, and back in that of 25 October 2026
    ['0 9 * * *', 'Europe/Berlin', '2027-03-27T12:00:00Z', '2027-03-28T07:00:00.000Z'],
    ['0 9 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T08:00:00.000Z'],
    ['FREQ=DAILY', 'Europe/Berlin', '2027-03-27T12:00:00Z', '2027-03-28T08:00:00.000Z'],
    ['FREQ=DAILY;BYHOUR=9;BYMINUTE=0', 'Europe/Berlin', '2027-03-27T12:00:00Z', '2027-03-28T07:00:00.000Z'],
    // in that of 25 October half past two comes twice, and is one time
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['FREQ=DAILY;BYHOUR=2;BYMINUTE=30', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['0 9 * * MON#1', 'UTC', '2026-11-28T00:00:00Z', '2026-12-07T09:00:00.000Z'],
    ['RRULE:FREQ=MONTHLY;BYDAY=-1FR', 'UTC', '2026-11-28T00:00:00Z', '2026-12-25T09:00:00.000Z'],
    ['freq=weekly;interval=2', 'UTC', '2026-11-28T00:00:00Z', '2026-12-07T09:00:00.000Z'],
    ['@weekly', 'America/New_York', '2026-11-28T00:00:00Z', '2026-11-29T05:00:00.000Z'],
    // nothing comes before its start
    ['0 9 * * *', 'UTC', '2025-01-01T00:00:00Z', '2026-01-05T09:00:00.000Z'],
    ['FREQ=WEEKLY', 'UTC', '2025-01-01T00:00:00Z', '2026-01-05T09:00:00.000Z'],
  ])('%s in %s after %s at %s', async (text, timeZone, after, expected) => {
    expect(await nextTime(rule(text, timeZone), new Date(after))).toBe(expected);
  });

  it('no more once it has ended', async () => {
    expect(await nextTime(rule('FREQ=DAILY;COUNT=3'), new Date('2026-01-06T10:00:00Z'))).toBe(
      '2026-01-07T09:00:00.000Z',
    );
    expect(await nextTime(rule('FREQ=DAILY;COUNT=3'), new Date('2026-01-07T10:00:00Z'))).toBeNull();
    expect(await nextTime(rule('FREQ=DAILY;UNTIL=20260106T000000Z'), new Date('2026-01-06T10:00:00Z'))).toBeNull();
  });
});

describe('a rule is refused', () => {
  it.each([
    ['hello', 'neither cron with five fields'],
    ['0 0 9 * * MON', 'neither cron with five fields'],
    ['61 9 * * *', 'cannot be read'],
    ['* * * * *', 'more than once in an hour'],
    ['0,30 9 * * *', 'more than once in an hour'],
    ['FREQ=MINUTELY;INTERVAL=90', 'more than once in an hour'],
    ['FREQ=DAILY;BYHOUR=9;BYMINUTE=0,30', 'more than once in an hour'],
    ['0 0 30 2 *', 'names no time that is still to come'],
    ['FREQ=DAILY;COUNT=3', 'names no time that is still to come'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'names no time that comes soon enough'],
    ['FREQ=SOMETIMES', 'cannot be read'],
    ['FREQ=WEEKLY;BYDAY=XX', 'cannot be read'],
    ['FREQ=DAILY;EXDATE=20260101', 'a part that is not known here: EXDATE'],
    ['FREQ=DAILY;COUNT=501', 'counts to more than 500'],
    ['FREQ=DAILY\nDTSTART:20260101T000000Z', 'give starts_at in place of DTSTART'],
  ])('%j', async (text, problem) => {
    await expect(refuseRule(rule(text), new Date('2026-11-28T00:00:00Z'))).rejects.toThrow(problem);
  });

  it('for a time zone that is not known', async () => {
    const wrong = rule('0 9 * * *', 'Mars/Base');
    await expect(refuseRule(wrong, new Date())).rejects.toThrow('"Mars/Base" is no time zone; write its IANA name');
  });
});
