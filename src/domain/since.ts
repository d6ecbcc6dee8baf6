import { z } from 'zod';
import { parseSpan } from './span.ts';

/** A point in time as a caller means it: an instant, or so many seconds ago by the database's clock. */
export type Since = { at: string } | { secondsAgo: number };

const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const dayMs = 86_400_000;
const daysBackOf = new Map([
  ['today', 0],
  ['yesterday', 1],
]);
/** A hundred years. */
const mostSeconds = 36_525 * 86_400;

/** Stored times lie between these two: a time before or after them has the same events behind it. */
const earliest = '0001-01-01T00:00:00.000000Z';
const latest = '9999-12-31T23:59:59.999999Z';

const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** The examples of times in messages. */
export const sinceForms = '2h, 3d or 2026-11-23T10:42:00Z';

/** The examples of long past times in messages. */
export const pastForms = '90d, 2w or 2026-01-31';

/**
 * The time that `2026-11-23T10:42:00Z`, `2026-11-23`, `90m`, `1 hour`, `1d 4h ago`, `today` or `yesterday` means. Spans
 * are written like efforts, but go by the clock and not by working time. A time without a zone is UTC; of a second's
 * fraction the first six digits count. Undefined for any other text.
 */
export function parseSince(text: string, nowMs: number = Date.now()): Since | undefined {
  const trimmed = text.trim();
  const daysBack = daysBackOf.get(trimmed.toLowerCase());
  if (daysBack !== undefined) return { at: instant((Math.floor(nowMs / dayMs) - daysBack) * dayMs, '') };
  const seconds = parseSpan(trimmed.replace(/(\S)\s+ago$/i, '$1'), secondsOf);
  if (seconds !== undefined) return seconds <= mostSeconds ? { secondsAgo: Math.ceil(seconds) } : undefined;
  const at = parseInstant(trimmed);
  return at === undefined ? undefined : { at };
}

function parseInstant(text: string): string | undefined {
  const [, day, time = '00:00', second = '00', fraction = '', zone = 'Z'] = form.exec(text) ?? [];
  if (day === undefined) return undefined;
  // a Date moves the 30th of February to March
  const isReal = new Date(`${day}T00:00Z`).toJSON()?.startsWith(day) ?? false;
  const ms = Date.parse(`${day}T${time}:${second}${zoneOf(zone)}`);
  return isReal && !Number.isNaN(ms) ? instant(ms, fraction) : undefined;
}

/** With hours and minutes, as a Date wants it; PostgreSQL writes `+00`. */
function zoneOf(zone: string): string {
  return zone.length === 3 ? `${zone}:00` : zone.toUpperCase();
}

/** Six digits of a second, in UTC. Years of five digits and those before the first are written in ways that do not sort. */
function instant(ms: number, fraction: string): string {
  if (ms < Date.parse(earliest)) return earliest;
  if (ms > Date.parse(latest)) return latest;
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}Z`;
}

/** The same, where it lies in the past. Undefined for a time to come, too. */
export function parsePast(text: string): Since | undefined {
  const time = parseSince(text);
  return time !== undefined && 'at' in time && Date.parse(time.at) > Date.now() ? undefined : time;
}

/** A time in the past, as an argument. */
export const PastArgument = z.string().transform((text, context) => {
  const past = parsePast(text);
  if (past !== undefined) return past;
  context.addIssue({ code: 'custom', message: `is no time in the past; write ${pastForms}` });
  return z.NEVER;
});

/** The argument of a tool. */
export const SinceArgument = z.string().transform((text, context) => {
  const since = parseSince(text);
  if (since !== undefined) return since;
  context.addIssue({ code: 'custom', message: `is no time; write ${sinceForms}` });
  return z.NEVER;
});

/** As statements take it: one of the two, or none. */
export function sinceParams(since: Since | undefined): { since: string | null; secondsAgo: number | null } {
  return {
    since: since !== undefined && 'at' in since ? since.at : null,
    secondsAgo: since !== undefined && 'secondsAgo' in since ? since.secondsAgo : null,
  };
}
