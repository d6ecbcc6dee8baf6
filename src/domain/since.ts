import { z } from 'zod';

/** A point in time as a caller means it: an instant, or so many seconds ago by the database's clock. */
export type Since = { at: string } | { secondsAgo: number };

const secondsOf: Record<string, number> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };
/** A hundred years. */
const mostSeconds = 36_525 * 86_400;

/**
 * What `2026-11-23T10:42:00Z`, `2026-11-23`, `90m`, `2h`, `3d` or `1w` mean. Hours and days are those of the clock, not working time.
 * Without a zone it is UTC. Undefined for any other text.
 */
export function parseSince(text: string): Since | undefined {
  const [, amount, unit = ''] = /^\s*(\d{1,9})\s*([mhdw])\s*$/i.exec(text) ?? [];
  if (amount !== undefined) {
    const secondsAgo = Number(amount) * (secondsOf[unit.toLowerCase()] ?? 0);
    return secondsAgo <= mostSeconds ? { secondsAgo } : undefined;
  }
  const iso = /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:?\d\d)?)?\s*$/i.exec(text);
  if (iso === null) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = iso;
  const at = new Date(`${day}T${time}${zone.toUpperCase()}`);
  // a Date moves the 30th of February to March
  const isReal = new Date(`${day}T00:00Z`).toJSON()?.startsWith(day) ?? false;
  return isReal && !Number.isNaN(at.getTime()) ? { at: at.toISOString() } : undefined;
}

/** The argument of a tool. */
export const SinceArgument = z.string().transform((text, context) => {
  const since = parseSince(text);
  if (since !== undefined) return since;
  context.addIssue({
    code: 'custom',
    message: 'is no time; write 2h, 3d or 2026-11-23T10:42:00Z',
  });
  return z.NEVER;
});
