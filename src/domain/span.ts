/**
 * `s`econds, `m`inutes, `h`ours, `d`ays, `w`eeks. The caller decides the length of a day and a week: those of an effort
 * are working time.
 */
export type SpanUnit = 's' | 'm' | 'h' | 'd' | 'w';

const unitOf = new Map<string, SpanUnit>([
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((name) => [name, 's'] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((name) => [name, 'm'] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((name) => [name, 'h'] as const),
  ...['d', 'day', 'days'].map((name) => [name, 'd'] as const),
  ...['w', 'week', 'weeks'].map((name) => [name, 'w'] as const),
]);

/**
 * The length of a span of time, in the measure of the given units: `30m`, `1 hour`, `1.5h`, `1d 4h`, `2 Days`.
 * Undefined for any other text.
 */
export function parseSpan(text: string, lengthOf: Record<SpanUnit, number>): number | undefined {
  // sticky, part by part: one pattern with a repeated group backtracks exponentially on bad input
  const part = /\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)/iy;
  const span = text.trimEnd();
  let length = 0;
  do {
    const [, amount, name] = part.exec(span) ?? [];
    const unit = unitOf.get(name?.toLowerCase() ?? '');
    if (unit === undefined) return undefined;
    length += Number(amount) * lengthOf[unit];
  } while (part.lastIndex < span.length);
  return length;
}
