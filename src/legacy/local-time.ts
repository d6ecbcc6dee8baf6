/** An instant: whole milliseconds since 1970, and the microseconds beyond them. Dates hold no microseconds; v2 wrote them. */
interface Instant {
  ms: number;
  micros: number;
}

/** A time zone, with its offsets from UTC remembered: an import asks for the same hours again and again. */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError for a name that is no IANA time zone. */
  constructor(name: string) {
    this.name = name;
    const numeric = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', ...numeric });
  }

  /** Milliseconds to add to UTC. Zones change their offset on quarters of an hour. */
  offsetAt(utcMs: number): number {
    const quarter = Math.floor(utcMs / 900_000);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const start = quarter * 900_000;
    const parts = new Map(this.#format.formatToParts(start).map((part) => [part.type, Number(part.value)]));
    const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const local = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
    this.#offsets.set(quarter, local - start);
    return local - start;
  }
}

/** The zone of this machine. */
export function machineTimeZone(): TimeZone {
  return new TimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

const form =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * The instant of a timestamp, as ISO 8601 in UTC with six digits of a second. A timestamp without a zone is local time
 * in `zone`. Where it may mean two instants (clocks set back), it is the first, as Python reads it. Where it never
 * existed (clocks set forward), it moves on by the gap. Undefined when it is no date from 1900 to 9998.
 */
export function utcFrom(text: string, zone: TimeZone): string | undefined {
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as number[];
  const fields = [year, month, day, hour, minute, second] as [number, number, number, number, number, number];
  const fraction = (match[7] ?? '').padEnd(6, '0').slice(0, 6);
  const local = wallClock(fields, Number(fraction.slice(0, 3)));
  if (local === undefined) return undefined;
  const offset = match[8] === undefined ? undefined : offsetOf(match[8]);
  const ms = offset === undefined ? fromLocal(local, zone) : local - offset;
  return utcText({ ms, micros: Number(fraction.slice(3)) });
}

const [earliest, latest] = [Date.UTC(1900, 0), Date.UTC(9998, 0)];

/** The instant of a number of seconds (or, where that would be far off, milliseconds) since 1970. */
export function utcFromNumber(value: number): string | undefined {
  const micros = Math.round(Math.abs(value) < 1e11 ? value * 1e6 : value * 1e3);
  const ms = Math.floor(micros / 1000);
  return ms < earliest || ms > latest ? undefined : utcText({ ms, micros: micros - ms * 1000 });
}

/** The instant as Python's `isoformat()` writes a local time: no zone, and no fraction where there is none. */
export function localFrom(utc: string, zone: TimeZone): string {
  const ms = Date.parse(`${utc.slice(0, 23)}Z`);
  const [whole] = new Date(ms + zone.offsetAt(ms)).toISOString().split('.');
  const fraction = utc.slice(20, 26);
  return fraction === '000000' ? `${whole}` : `${whole}.${fraction}`;
}

function wallClock(fields: [number, number, number, number, number, number], ms: number): number | undefined {
  const [year, month, day, hour, minute, second] = fields;
  if (year < 1900 || year > 9998 || hour > 23 || minute > 59 || second > 59) return undefined;
  const value = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(value);
  // Date.UTC rolls the 30th of February over into March
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? value : undefined;
}

function offsetOf(text: string): number {
  if (/z/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || 0);
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function fromLocal(local: number, zone: TimeZone): number {
  const day = 86_400_000;
  const [before, after] = [zone.offsetAt(local - day), zone.offsetAt(local + day)];
  const fits = (offset: number) => zone.offsetAt(local - offset) === offset;
  if (fits(before)) return local - before;
  return fits(after) ? local - after : local - before;
}

function utcText({ ms, micros }: Instant): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}
