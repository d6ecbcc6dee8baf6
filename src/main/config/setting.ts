import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { unwritten } from './paths.ts';
import { mayHoldPassword, shown } from './shown.ts';

/** A value, or the allowed values; `shown` replaces the text in the message where it may hold a secret. */
export type Reading<T> = { value: T } | { allowed: string; shown?: string };

/** A variable that may be unset. `read` gets its text without the spaces around it. */
export function setting<T>(read: (text: string) => Reading<T>) {
  const parsed = z.string().transform((raw, context) => {
    const reading = read(raw.trim());
    if ('value' in reading) return reading.value;
    context.addIssue({ code: 'custom', message: `is ${reading.shown ?? shown(raw)}; allowed: ${reading.allowed}` });
    return z.NEVER;
  });
  return parsed.optional();
}

export function text(longest = 1000) {
  return setting((value) =>
    value.length > 0 && value.length <= longest ? { value } : { allowed: `text of 1 to ${longest} characters` },
  );
}

/** A name of a database or a user. A URL in its place would show its password in every later message that has the name. */
export function plainName() {
  return setting((value) => {
    const isName = value.length > 0 && value.length <= 1000 && !mayHoldPassword(value);
    return isName ? { value } : { allowed: 'a name of 1 to 1000 characters; put a URL into GOAL_AGENT_DATABASE_URL' };
  });
}

/**
 * A file or directory. A path that a shell or a client should have completed, and did not, would make a folder named
 * `$HOME`.
 */
export function filePath() {
  return setting((value) => readPath(value));
}

export function readPath(value: string): Reading<string> {
  const why = unwritten(value);
  if (why !== undefined) return { allowed: `a path that is written out (${why})` };
  return value.length > 0 && value.length <= 1000 ? { value } : { allowed: 'a path of 1 to 1000 characters' };
}

export function host() {
  return setting((value) => readHost(value, oneHost));
}

/** Hosts with commas between them. */
export function hosts() {
  return setting(readHosts);
}

export function readHosts(text: string): Reading<string[]> {
  const names: string[] = [];
  for (const each of text.split(',')) {
    const reading = readHost(each.trim(), severalHosts);
    if (!('value' in reading)) return mayHoldPassword(text) ? { ...reading, shown: '"***"' } : reading;
    names.push(reading.value);
  }
  return { value: names };
}

const oneHost = 'one host name or IP address, or the directory of a Unix socket';
const severalHosts = 'one host name or IP address, several with commas between them, or the directory of a Unix socket';

/** IPv6 addresses may stand in brackets, as in URLs. A port has a variable of its own. */
function readHost(text: string, allowed: string): Reading<string> {
  const value = text.replace(/^\[(.*)\]$/, '$1');
  const refused = mayHoldPassword(text) || text.includes('@') ? { allowed, shown: '"***"' } : { allowed };
  if (value.startsWith('/')) return 'value' in readPath(value) ? { value } : refused;
  if (value.includes(':') && !isIPv6(value)) return refused;
  return value.length > 0 && value.length <= 1000 && !/[\s@,"'${}[\]<>]/.test(value) ? { value } : refused;
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
