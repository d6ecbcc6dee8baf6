import { Ajv } from '@modelcontextprotocol/client/validators/ajv';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { listedAsText, listedSchema, unlisted } from '../../src/tools/define/listed-schema.ts';
import { tools } from '../../src/tools/index.ts';
import { closed, nodesOf, problemsOf, type Schema, subsets, wholeSchema } from '../support/schema-subsets.ts';

const limits = ['default', 'minimum', 'maximum', 'minItems', 'maxItems'];

/** What each tool takes beside what it lists, and beside `full`: nobody needs it for a correct call. */
const notListed: Record<string, string[]> = {
  break_down_goal: ['.subtasks[].defer_until', '.subtasks[].tools'],
  update_task_status: ['.agent', '.clear_result', '.lease_seconds'],
  get_history: ['.undo_of'],
  list_goals: ['.parent_goal_id'],
  // a repeat of these does nothing more by itself
  release_tasks: ['.request_id'],
  acquire: ['.request_id'],
  release: ['.fence', '.request_id'],
  update_goal: ['.request_id', '.strict'],
  update_task: [
    ...['.request_id', '.tools', '.add_criteria', '.remove_criteria', '.meet_criteria', '.unmeet_criteria'],
    ...['.add_criteria[]', '.meet_criteria[]', '.remove_criteria[]', '.unmeet_criteria[]'],
  ],
  batch_update_tasks: [
    ...['.request_id', '.updates[].criteria_met', '.updates[].criteria_met[]'],
    ...['.updates[].defer_until', '.updates[].waive'],
  ],
  delete_task: ['.request_id'],
  save_template: ['.request_id'],
  recur_template: ['.request_id'],
  delete_template: ['.request_id'],
  delete_goal: ['.request_id'],
};

/** Objects that are listed as text, since a description says what is in them: nothing below them is listed. */
const asJson = ['.template.'];

/** `anyOf` of a type and null, where nothing else is said of that type, as the list of types that zod writes then. */
function withoutAnyOf(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    const types = value?.anyOf?.map((each: Schema) => (each.properties ? undefined : each.type));
    return types?.every(Boolean) ? { ...value, type: types, anyOf: undefined } : value;
  });
}

/** Where a node may be one of several types, only the one that is listed of it. */
function asListed(whole: Schema, listed: Schema): Schema {
  if (whole.anyOf !== undefined && listed.type !== undefined)
    return whole.anyOf.find(({ type }) => type === listed.type) ?? whole;
  const entries = Object.entries(whole.properties ?? {});
  const inside = (each: Schema, of: Schema | undefined) => (of === undefined ? each : asListed(each, of));
  return {
    ...whole,
    ...(whole.items && { items: inside(whole.items, listed.items) }),
    ...(whole.properties && {
      properties: Object.fromEntries(entries.map(([name, each]) => [name, inside(each, listed.properties?.[name])])),
    }),
  };
}

/** Without what a node says of itself in words. */
function withoutDescriptions(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  );
}

describe.each(tools)('$name', ({ name, input, output, whole }) => {
  test.each([
    ['input', input],
    ['output', output],
  ])('its listed %s says nothing but what the whole schema says', (_which, whole) => {
    // toMatchObject: every keyword that is listed is there, with the same value, and none was made up
    const listed = listedSchema(whole);
    const said = (schema: object) => withoutAnyOf(withoutDescriptions(schema));
    expect(said(asListed(wholeSchema(whole), listed))).toMatchObject(said(listed));
  });

  test('both are JSON Schema 2020-12 without a word that a strict validator does not know', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    for (const whole of [input, output]) expect(() => ajv.compile(listedSchema(whole))).not.toThrow();
  });

  test('each argument is named with its type, each list with that of its entries', () => {
    for (const { where, node } of nodesOf(listedSchema(input))) {
      if (node.anyOf === undefined) expect(node.type, where).toEqual(expect.any(String));
      if (node.type === 'array') expect(node.items, where).toBeDefined();
    }
    expect(listedSchema(input)).toMatchObject({ type: 'object', properties: expect.any(Object) });
  });

  test.each(Object.entries(subsets))('its input is in the subset of JSON Schema of %s', (_vendor, rules) => {
    expect(problemsOf(rules, listedSchema(input))).toEqual([]);
  });

  test('closed by a strict mode, it still lets every argument say something', () => {
    for (const { where, node } of nodesOf(closed(listedSchema(input)))) {
      const ways = node.anyOf ?? [node];
      const canSay = ways.some((each) => each.type !== 'object' || Object.keys(each.properties ?? {}).length > 0);
      if (where !== '' && !where.includes('|')) expect(canSay, where).toBe(true);
    }
  });

  test('what must be given is listed, and what may be given but for a few arguments', () => {
    const listed = new Map(nodesOf(listedSchema(input)).map(({ where, node }) => [where, node]));
    const taken = nodesOf(wholeSchema(input)).filter(({ where }) => !where.includes('|'));
    const missing = taken.filter(({ where }) => !listed.has(where)).map(({ where }) => where);
    const full = whole === undefined ? [] : ['.full'];
    expect(
      missing
        .filter((where) => !where.endsWith('.tools[]') && !asJson.some((start) => where.startsWith(start)))
        .toSorted(),
    ).toEqual([...(notListed[name] ?? []), ...full].toSorted());
    const alike = taken.filter(({ where }) => listed.has(where) && !asJson.includes(`${where}.`));
    for (const { where, node } of alike) expect(listed.get(where)?.required, where).toEqual(node.required);
  });

  test('no limit and no default is listed', () => {
    const keywords = nodesOf(listedSchema(input)).flatMap(({ node }) => Object.keys(node));
    expect(keywords.filter((keyword) => limits.includes(keyword))).toEqual([]);
  });
});

test('the statuses and priorities are listed where they are set first', () => {
  const words = tools.flatMap(({ name, input }) =>
    nodesOf(listedSchema(input)).flatMap(({ where, node }) => (node.enum === undefined ? [] : [`${name}${where}`])),
  );
  expect(words).toEqual([
    'create_goal.priority',
    'update_task_status.status',
    'update_goal.status',
    'batch_update_tasks.updates[].status',
  ]);
});

test('a schema is listed without its limits, and as much of it as was said', () => {
  const shown = listedSchema(
    z.strictObject({
      limit: z.number().int().min(1).max(200).default(20).describe('of tasks'),
      few: z.array(z.string()).min(1).max(50),
      repos: z.array(z.string()).default([]),
      priority: z.enum(['high', 'low']).default('high'),
      kind: listedAsText(z.enum(['goal', 'task']).optional()),
      metadata: listedAsText(z.record(z.string(), z.any()).default({}), 'JSON'),
      inside: z.array(z.strictObject({ shown: z.string(), hidden: unlisted(z.string().optional()) })),
    }),
  );
  expect(shown).toEqual({
    type: 'object',
    properties: {
      limit: { type: 'integer', description: 'of tasks' },
      few: { type: 'array', items: { type: 'string' } },
      repos: { type: 'array', items: { type: 'string' } },
      priority: { type: 'string', enum: ['high', 'low'] },
      kind: { type: 'string' },
      metadata: { type: 'string', description: 'JSON' },
      inside: {
        type: 'array',
        items: { type: 'object', properties: { shown: { type: 'string' } }, required: ['shown'] },
      },
    },
    required: ['few', 'inside'],
  });
  expect(listedSchema(z.strictObject({}))).toEqual({ type: 'object', properties: {} });
});

test.each([
  ['{}', {}, ['OpenAI', 'Anthropic', 'Gemini']],
  ['a list of types', { type: ['string', 'object'] }, ['Anthropic', 'Gemini']],
  ['an open object', { type: 'object', additionalProperties: true }, ['OpenAI', 'Gemini']],
  ['a default', { type: 'string', default: 'x' }, ['OpenAI', 'Anthropic', 'Gemini']],
  ['a list of anything', { type: 'array' }, ['Gemini']],
  ['a union with a description', { anyOf: [{ type: 'string' }], description: 'x' }, ['Gemini']],
  ['text', { type: 'string', description: 'x' }, []],
])('the rules of the subsets know %s', (_what, schema: Schema, refusedBy) => {
  const root = { type: 'object', properties: { it: schema } };
  const refusing = Object.entries(subsets).filter(([, rules]) => problemsOf(rules, root).length > 0);
  expect(refusing.map(([vendor]) => vendor)).toEqual(refusedBy);
});
