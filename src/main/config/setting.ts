import { z } from 'zod';

/** A value, or what would have been allowed; `shown` replaces the text in the message where it may hold a secret. */
export type Reading<T> = { value: T } | { allowed: string; shown?: string };

/** A variable that may be unset. `read` gets its text without the spaces around it. */
export function setting<T>(read: (text: string) => Reading<T>) {
  const parsed = z.string().transform((raw, context) => {
    const reading = read(raw.trim());
    if ('value' in reading) return reading.value;
    const shown = reading.shown ?? shorten(raw);
    context.addIssue({ code: 'custom', message: `is ${shown}; allowed: ${reading.allowed}` });
    return z.NEVER;
  });
  return parsed.optional();
}

export function text(longest = 1000) {
  return setting((value) =>
    value.length > 0 && value.length <= longest ? { value } : { allowed: `text of 1 to ${longest} characters` },
  );
}

/** A URL in place of a host would show its password in every later message about that host. */
export function host() {
  const allowed = 'one host name or IP address, or the directory of a Unix socket';
  return setting((value) => {
    if (value.length > 0 && value.length <= 1000 && !/[\s@,]|:\/\//.test(value)) return { value };
    return value.includes('@') ? { allowed, shown: '"***"' } : { allowed };
  });
}

/** Hosts with commas between them. */
export function hosts() {
  const allowed = 'one host name or IP address, several with commas between them, or the directory of a Unix socket';
  return setting((value) => {
    const names = value.split(',').map((name) => name.trim().replace(/^\[(.*)\]$/, '$1'));
    if (names.every((name) => name.length > 0 && name.length <= 1000 && !/[\s@]|:\/\//.test(name)))
      return { value: names };
    return value.includes('@') ? { allowed, shown: '"***"' } : { allowed };
  });
}

export function wholeNumber(least: number, most: number) {
  return setting((value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most
      ? { value: number }
      : { allowed: `a whole number from ${least} to ${most}` };
  });
}

const words = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

export function yesOrNo() {
  return setting((value) => {
    const meant = words.get(value.toLowerCase());
    return meant === undefined ? { allowed: [...words.keys()].join(', ') } : { value: meant };
  });
}

export function oneOf<const T extends string>(choices: readonly T[]) {
  return setting((value) => {
    const choice = choices.find((each) => each === value.toLowerCase());
    return choice === undefined ? { allowed: choices.join(', ') } : { value: choice };
  });
}

function shorten(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
