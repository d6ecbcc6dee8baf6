import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { structureFromString } from '../../domain/json.ts';
import { exactNumber, writeJson } from '../../domain/json-text.ts';
import { oneLine } from '../../domain/stored-text.ts';
import { asMeant } from './as-meant.ts';
import type { Tool } from './define-tool.ts';

/** At most this many things are said to be wrong at once. */
const shownProblems = 5;

/**
 * An object of any keys, which may also come as its JSON text. List it as text: strict modes close an object that names no
 * properties, and then text is all that can carry a key.
 */
export function anyObject<S extends z.ZodType>(schema: S) {
  return z
    .preprocess(structureFromString, schema)
    .meta({ anyOf: [{ type: 'object' }, { type: 'string', description: 'JSON' }] });
}

/**
 * The arguments of a call, checked and with defaults filled in.
 * @throws GoalAgentError `invalid`, which says what is wrong with which argument, and what is allowed.
 */
export function parseInput<I extends z.ZodObject>(tool: Pick<Tool<I>, 'name' | 'input'>, args: unknown): z.output<I> {
  const parsed = tool.input.safeParse(asMeant(tool.input, args ?? {}), { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describe(issue, tool));
  const more = problems.length - shownProblems;
  const shown = more > 0 ? [...problems.slice(0, shownProblems), `and ${more} more`] : problems;
  throw new GoalAgentError('invalid', `${tool.name}: ${shown.join('; ')}.`);
}

function describe(issue: z.core.$ZodIssue, tool: Pick<Tool, 'input'>): string {
  const where = issue.path.length === 0 ? 'the arguments' : pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.path.length === 0
        ? `it takes no ${quoted(issue.keys)}, only ${Object.keys(tool.input.shape).join(', ')}`
        : `${where} has no ${quoted(issue.keys)}`;
    case 'invalid_type':
      if (issue.input === undefined) return `${where} is missing; it must be ${article(issue.expected)}`;
      return `${where} is ${wrongType(issue.input)}; it must be ${article(issue.expected)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `${where} is missing; it must be one of ${issue.values.join(', ')}`
        : `${where} is ${shownValue(issue.input)}; it must be one of ${issue.values.join(', ')}`;
    case 'too_big':
      return issue.origin === 'array'
        ? `${where} has ${(issue.input as unknown[]).length} entries; the limit is ${issue.maximum}`
        : `${where} is ${shownValue(issue.input)}; the most is ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'array'
        ? `${where} is an empty list; name at least one`
        : `${where} is ${shownValue(issue.input)}; the least is ${issue.minimum}`;
    case 'invalid_union':
      return describeUnion(issue, tool);
    default:
      return `${where}${shortText(issue.input)} ${issue.message}`;
  }
}

/** What is wrong with the form that was meant; where the value has none of the forms, all that it may be. */
function describeUnion(union: z.core.$ZodIssueInvalidUnion, tool: Pick<Tool, 'input'>): string {
  const forms = union.errors.map((issues) => issues.map((each) => ({ ...each, path: [...union.path, ...each.path] })));
  const isAnother = ({ code, path }: z.core.$ZodIssue) =>
    path.length === union.path.length && (code === 'invalid_type' || code === 'invalid_value');
  const meant = forms.find((issues) => issues.length > 0 && !issues.some(isAnother));
  if (meant !== undefined) return meant.map((issue) => describe(issue, tool)).join('; ');
  const allowed = forms.flat().flatMap((issue) => {
    if (issue.code === 'invalid_type') return article(issue.expected);
    return issue.code === 'invalid_value' ? issue.values.map(shownValue) : [];
  });
  const said = union.input === undefined ? 'missing' : wrongType(union.input);
  return `${pathOf(union.path)} is ${said}; it must be ${allowed.join(' or ')}`;
}

/** Keys of an object are the caller's, of any length. */
function pathOf(path: PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${oneLine(String(part), 60)}`,
    )
    .join('');
}

/** A text short enough to be shown, so that the message says which one of many is meant. */
function shortText(value: unknown): string {
  return typeof value === 'string' && value.length <= 60 ? ` ${shownValue(value)}` : '';
}

export function shownValue(value: unknown): string {
  // a structure may be too deep to be written
  if (typeof value === 'object' && value !== null) return article(Array.isArray(value) ? 'array' : 'object');
  const json = writeJson(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

function quoted(keys: string[]): string {
  return keys
    .slice(0, shownProblems)
    .map((key) => shownValue(key))
    .join(', ');
}

function wrongType(value: unknown): string {
  return typeof value === 'string' && exactNumber(value) === undefined ? article('string') : shownValue(value);
}

const articles: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  int: 'a whole number',
  null: 'null',
};

function article(type: string): string {
  return articles[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
}
