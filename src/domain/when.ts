import { z } from 'zod';
import { parseSince } from './since.ts';

/** The examples of times to come in messages. */
export const whenForms = '3d, tomorrow, 2026-12-01 or 2026-12-01T10:00:00Z';

const dayMs = 86_400_000;
const daysAheadOf = new Map([
  ['today', 0],
  ['tomorrow', 1],
]);
const isDay = /^\d{4}-\d\d-\d\d$/;

/**
 * The instant, as ISO 8601 in UTC, that `3d`, `in 2 hours`, `tomorrow`, `2026-12-01` or a time means. A day is its first
 * second, or its last one where `end` is given: what is due on a day is late after it. Undefined for any other text.
 */
export function parseWhen(text: string, { end }: { end: boolean }, nowMs: number = Date.now()): string | undefined {
  const trimmed = text.trim();
  const daysAhead = daysAheadOf.get(trimmed.toLowerCase());
  const day = daysAhead === undefined ? trimmed : new Date(nowMs + daysAhead * dayMs).toISOString().slice(0, 10);
  if (/ago$/i.test(day) || day.toLowerCase() === 'yesterday') return undefined;
  const time = parseSince(day.replace(/^in\s+/i, ''), nowMs);
  if (time === undefined) return undefined;
  if ('secondsAgo' in time) return new Date(nowMs + time.secondsAgo * 1_000).toISOString();
  return isDay.test(day) && end ? time.at.replace('T00:00:00.', 'T23:59:59.') : time.at;
}

function whenArgument(end: boolean) {
  return z.string().transform((text, context) => {
    const at = parseWhen(text, { end });
    if (at !== undefined) return at;
    context.addIssue({ code: 'custom', message: `is not a day or a time ahead; write ${whenForms}` });
    return z.NEVER;
  });
}

/** When something has to be done. */
export const DueAt = whenArgument(true);

/** When something may begin. */
export const DeferUntil = whenArgument(false);
