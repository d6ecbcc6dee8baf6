import { GoalAgentError } from '../../domain/errors.ts';

/** By which rule a goal comes back. */
export interface Rule {
  /** Cron with five fields, or an RRULE. */
  rule: string;
  /** By its IANA name. */
  timeZone: string;
  /** Before it nothing comes; the time of day of an RRULE that says none, and the day from which its intervals count. */
  startsAt: string;
}

/** How often a goal comes back at most, and how many times that is looked at. */
const leastHours = 1;
const lookedAt = 10;
const hourMs = 3_600_000;
/** What a rule may cost that names days which do not come: it is read while somebody waits. */
const bounds = { maxIterations: 1_000, maxCandidateEvaluations: 20_000 } as const;
/** A rule that ends counts its occurrences from the first. */
const mostCounted = 500;

/**
 * The first time after this one at which the rule says so, as ISO 8601 in UTC; null where it never does again.
 * @throws GoalAgentError `invalid` for a rule that cannot be read.
 */
export async function nextTime(rule: Rule, after: Date): Promise<string | null> {
  const next = await finderOf(rule);
  return next(after)?.toISOString() ?? null;
}

/**
 * @throws GoalAgentError `invalid` for a rule or a time zone that cannot be read, for a rule that no time fits, and for one that
 *   comes too often.
 */
export async function refuseRule(rule: Rule, now: Date): Promise<void> {
  refuseTimeZone(rule.timeZone);
  const next = await finderOf(rule);
  let last = next(now);
  if (last === undefined) throw invalid(rule, 'names no time that is still to come');
  for (let n = 0; n < lookedAt; n += 1) {
    const following = next(last);
    if (following === undefined) return;
    if (following.getTime() - last.getTime() < leastHours * hourMs) {
      throw invalid(rule, `comes more than once in an hour`);
    }
    last = following;
  }
}

function refuseTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new GoalAgentError(
      'invalid',
      `${JSON.stringify(timeZone)} is no time zone; write its IANA name, such as Europe/Berlin or UTC.`,
    );
  }
}

/** The libraries are loaded where a goal comes back, and nowhere else. */
async function finderOf(rule: Rule): Promise<(after: Date) => Date | undefined> {
  const find = await (isRrule(rule.rule) ? rruleOf(rule) : cronOf(rule));
  return (after) => {
    try {
      return find(after);
    } catch {
      throw invalid(rule, 'names no time that comes soon enough to be found');
    }
  };
}

function isRrule(text: string): boolean {
  return /^(?:RRULE:)?[A-Z-]+=/i.test(text.trim());
}

async function cronOf(rule: Rule): Promise<(after: Date) => Date | undefined> {
  const { Cron } = await import('croner');
  const text = rule.rule.trim();
  if (!text.startsWith('@') && text.split(/\s+/).length !== 5) {
    throw invalid(rule, 'is neither cron with five fields ("0 9 * * MON") nor an RRULE ("FREQ=WEEKLY;BYDAY=MO")');
  }
  const cron = read(rule, () => new Cron(text, { timezone: rule.timeZone, paused: true, mode: '5-part' }));
  const before = Date.parse(rule.startsAt) - 1;
  return (after) => cron.nextRun(new Date(Math.max(after.getTime(), before))) ?? undefined;
}

async function rruleOf(rule: Rule): Promise<(after: Date) => Date | undefined> {
  const text = rule.rule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '');
  const parts = new Map(text.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  if (/\s/.test(text)) throw invalid(rule, 'has more than one line; give starts_at in place of DTSTART');
  const unknown = [...parts.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw invalid(rule, `has a part that is not known here: ${unknown}`);
  if (/^(?:SECONDLY|MINUTELY)$/.test(parts.get('FREQ') ?? '')) throw invalid(rule, 'comes more than once in an hour');
  if (Number(parts.get('COUNT') ?? 0) > mostCounted) throw invalid(rule, `counts to more than ${mostCounted}`);
  const { RRuleTemporal } = await import('rrule-temporal');
  const start = wallClock(new Date(rule.startsAt), rule.timeZone);
  const rruleString = `DTSTART;TZID=${rule.timeZone}:${start}\nRRULE:${text}`;
  const rrule = read(rule, () => new RRuleTemporal({ rruleString, ...bounds }));
  return (after) => {
    const next = rrule.next(after);
    return next === null ? undefined : new Date(next.epochMilliseconds);
  };
}

const known: ReadonlySet<string> = new Set([
  ...['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'],
  ...['BYDAY', 'BYHOUR', 'BYMINUTE', 'BYSECOND', 'BYSETPOS'],
]);

function read<T>(rule: Rule, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w+: /, '') : String(error);
    throw invalid(rule, `cannot be read (${why.slice(0, 200)})`);
  }
}

/** `20261128T090000`: what a clock on the wall shows there, to the minute. */
function wallClock(at: Date, timeZone: string): string {
  return `${dayIn(at, timeZone).replaceAll('-', '')}T${partsIn(at, timeZone, ['hour', 'minute']).join('')}00`;
}

/** The day, `2026-11-28`, that it is there at this time. */
export function dayIn(at: Date, timeZone: string): string {
  return partsIn(at, timeZone, ['year', 'month', 'day']).join('-');
}

function partsIn(at: Date, timeZone: string, names: ('year' | 'month' | 'day' | 'hour' | 'minute')[]): string[] {
  const two = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', ...two, hourCycle: 'h23' }).formatToParts(
    at,
  );
  return names.map((name) => parts.find(({ type }) => type === name)?.value ?? '');
}

function invalid({ rule }: Rule, problem: string): GoalAgentError {
  return new GoalAgentError('invalid', `The rule ${JSON.stringify(rule)} ${problem}. Nothing was changed.`);
}
