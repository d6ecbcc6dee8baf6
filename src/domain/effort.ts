import { parseSpan } from './span.ts';

const HOUR = 60;
const DAY = 8 * HOUR;
const WEEK = 5 * DAY;

/** Ten years of 52 working weeks, in minutes. More than that is a typing mistake, not an estimate. */
export const MAX_EFFORT_MINUTES = 10 * 52 * WEEK;

const MINUTES_OF = { s: 1 / 60, m: 1, h: HOUR, d: DAY, w: WEEK };

const UNITS = [
  ['w', WEEK],
  ['d', DAY],
  ['h', HOUR],
  ['m', 1],
] as const;

/**
 * The working minutes that an effort stands for: `30m`, `4h`, `2d`, `1w`, `1.5h`, `1d 4h`, `2 Days`. A day is 8 hours, a week 5 days.
 * Whole minutes from 1 to {@link MAX_EFFORT_MINUTES}; undefined for any other text.
 */
export function parseEffort(text: string): number | undefined {
  const minutes = parseSpan(text, MINUTES_OF);
  if (minutes === undefined || minutes <= 0 || minutes > MAX_EFFORT_MINUTES) return undefined;
  return Math.max(1, Math.round(minutes));
}

/** Working minutes as people write them, largest unit first: 1200 is `2d 4h`. {@link parseEffort} reads it back to the same whole minute. */
export function formatEffort(minutes: number): string {
  const parts: string[] = [];
  let left = Math.round(minutes);
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.join(' ') || '0m';
}
