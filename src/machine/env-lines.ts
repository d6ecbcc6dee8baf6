import dotenv from 'dotenv';
import { GoalAgentError } from '../domain/errors.ts';

/** Variables with their new values; undefined takes a variable out. */
export type NewValues = Readonly<Record<string, string | undefined>>;

/**
 * The text of an env file with other values of some variables. Every other line stays as it is, to the byte.
 * @throws GoalAgentError `conflict` where the text says something that a change of lines would spoil.
 */
export function withValues(text: string, values: NewValues): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const left = { ...values };
  const lines = text.split(/(?<=\n)/).flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]/.exec(line)?.[1];
    if (name === undefined || !Object.hasOwn(values, name)) return [line];
    const value = left[name];
    // the last line of a variable counts: a second one must not stay
    delete left[name];
    return value === undefined ? [] : [`${lineOf(name, value)}${end}`];
  });
  const kept = lines.join('');
  const added = Object.entries(left).flatMap(([name, value]) =>
    value === undefined ? [] : [lineOf(name, value) + end],
  );
  const before = kept === '' || kept.endsWith('\n') || added.length === 0 ? kept : kept + end;
  return checked(text, before + added.join(''), values);
}

function lineOf(name: string, value: string): string {
  return `${name}=${/^[\w./:@%+,~-]+$/.test(value) ? value : quoted(value)}`;
}

function quoted(value: string): string {
  const quote = ["'", '`', '"'].find((each) => !value.includes(each));
  return quote === undefined || /[\r\n]/.test(value) ? value : quote + value + quote;
}

/** A value over several lines may hold what looks like a line of its own. */
function checked(before: string, after: string, values: NewValues): string {
  const wanted: Record<string, string | undefined> = { ...dotenv.parse(before), ...values };
  const got: Record<string, string | undefined> = dotenv.parse(after);
  const names = new Set([...Object.keys(wanted), ...Object.keys(got)]);
  if ([...names].every((name) => got[name] === wanted[name])) return after;
  throw new GoalAgentError(
    'conflict',
    'The settings cannot be changed by lines; nothing was changed. Edit the file by hand.',
  );
}
