import { z } from 'zod';
import { exactNumber } from './json-text.ts';
import { limits } from './limits.ts';

/** Half of a surrogate pair: it has no UTF-8 form, so PostgreSQL could not give it back. */
const loneSurrogate = /\p{Surrogate}/u;

/** Why PostgreSQL could not keep this text as it is, or undefined when it can. */
export function unstorable(text: string): string | undefined {
  if (exactNumber(text) !== undefined) return 'is a number; write it as text, in quotes';
  if (text.includes('\0')) return 'has a NUL character (\\u0000), which cannot be stored; leave it out';
  if (loneSurrogate.test(text)) return 'has half of a surrogate pair, which is not valid text; leave it out';
  return undefined;
}

/** Text that can be stored, of 1 to `max` characters, not only white space. */
export function text(max: number = limits.shortText) {
  return z.string().check((context) => {
    const problem = textProblem(context.value, max);
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });
}

function textProblem(value: string, max: number): string | undefined {
  if (value.trim() === '') return 'is empty; say something';
  if (value.length > max) return `has ${value.length} characters; the limit is ${max}`;
  return unstorable(value);
}
