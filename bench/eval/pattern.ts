/**
 * What a value has to be like. Of an object, the keys that are named; of a list, something for each pattern; a text is the
 * same in capitals, and matches an expression; a function decides by itself.
 */
export type Pattern =
  | string
  | number
  | boolean
  | null
  | RegExp
  | ((value: unknown) => boolean)
  | readonly Pattern[]
  | { readonly [key: string]: Pattern };

/** Whether the value is as the pattern says. */
export function matches(pattern: Pattern, value: unknown): boolean {
  if (typeof pattern === 'function') return pattern(value);
  if (pattern instanceof RegExp) return pattern.test(typeof value === 'string' ? value : JSON.stringify(value ?? ''));
  if (typeof pattern === 'string') return typeof value === 'string' && pattern.toLowerCase() === value.toLowerCase();
  // the tools take "2" for 2
  if (typeof pattern !== 'object' || pattern === null) return pattern === parsedJson(value);
  if (isList(pattern)) return pattern.every((each) => listOf(value).some((item) => matches(each, item)));
  const object = objectOf(value);
  return object !== undefined && Object.entries(pattern).every(([key, each]) => matches(each, object[key]));
}

/** Anything that says something. */
export const something: Pattern = (value) => value !== undefined && value !== null && value !== '';

/** A list of at least so many. */
export const atLeast =
  (count: number): Pattern =>
  (value) =>
    listOf(value).length >= count;

export const oneOf =
  (...patterns: Pattern[]): Pattern =>
  (value) =>
    patterns.some((pattern) => matches(pattern, value));

function isList(pattern: object): pattern is readonly Pattern[] {
  return Array.isArray(pattern);
}

/** The tools take the JSON text of a list, and one thing in place of a list of one. */
function listOf(value: unknown): unknown[] {
  const parsed = parsedJson(value);
  return Array.isArray(parsed) ? parsed : parsed === undefined ? [] : [parsed];
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  const parsed = parsedJson(value);
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
