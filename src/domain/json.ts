import { z } from 'zod';
import { digitsOf, exactNumber, readJson, writeJson } from './json-text.ts';
import { limits } from './limits.ts';
import { unstorable } from './text.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Any JSON within the limits of size and depth, made of text that can be stored. */
export const StorableJson = z.unknown().check((context) => {
  const problem = jsonProblem(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
}) as unknown as z.ZodType<Json>;

/** As StorableJson, an object. Not z.record, which drops a key named `__proto__`. */
export const StorableJsonObject = z.unknown().check((context) => {
  const { value: input, issues } = context;
  if (!isObject(input)) {
    issues.push({ code: 'invalid_type', expected: 'object', input });
    return;
  }
  const problem = jsonProblem(input);
  if (problem !== undefined) issues.push({ code: 'custom', message: problem, input });
}) as unknown as z.ZodType<JsonObject>;

/** Rows are JSON by their types. An interface has no index signature; therefore the compiler cannot see it. */
export function asJson(value: object): Json {
  return value as Json;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A JSON string where a structure is meant, as v3.0's clients send it, becomes that structure.
 * Text that is not a JSON array or object is left alone: `"42"` is a string that somebody wrote.
 */
export function structureFromString(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return readJson(value);
  } catch {
    return value;
  }
}

/**
 * Walks without recursion: a value nested ten thousand deep must be refused, not overflow the stack. Numbers count with
 * all of their digits, as jsonb writes them: its 1e300 has 301.
 */
export function jsonProblem(root: unknown): string | undefined {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  let unwritten = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (depth > limits.jsonDepth + 1) return `is nested more than ${limits.jsonDepth} levels deep`;
    const number = typeof value === 'number' ? String(value) : exactNumber(value);
    if (number !== undefined) {
      const digits = digitsOf(number);
      if (digits > limits.numberDigits)
        return `has the number ${start(number)}, whose digits are ${digits}; the limit is ${limits.numberDigits}. Send it as text`;
      unwritten += Math.max(0, digits - number.length);
    } else if (typeof value === 'string') {
      const problem = unstorable(value);
      if (problem !== undefined) return problem;
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        const problem = unstorable(key);
        if (problem !== undefined) return `has a key that ${problem}`;
        waiting.push({ value: child, depth: depth + 1 });
      }
    }
  }
  const text = writeJson(root) ?? '';
  const bytes = unwritten + (text.length * 3 > limits.jsonBytes ? new TextEncoder().encode(text).length : text.length);
  return bytes > limits.jsonBytes ? `has ${bytes} bytes of JSON; the limit is ${limits.jsonBytes}` : undefined;
}

function start(number: string): string {
  return number.length > 40 ? `${number.slice(0, 40)}…` : number;
}
