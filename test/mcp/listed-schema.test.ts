import { Ajv } from '@modelcontextprotocol/client/validators/ajv';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { listedSchema } from '../../src/tools/define/listed-schema.ts';
import { tools } from '../../src/tools/index.ts';
import { closed, nodesOf, problemsOf, type Schema, subsets } from '../support/schema-subsets.ts';

const wholeSchema = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema;
const inWords = ['default', 'minimum', 'maximum', 'maxItems'];

/** `anyOf` of a type and null, where nothing else is said of that type, as the list of types that zod writes then. */
function withoutAnyOf(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    const types = value?.anyOf?.map((each: Schema) => (each.properties ? undefined : each.type));
    return types?.every(Boolean) ? { ...value, type: types, anyOf: undefined } : value;
  });
}

/** Without what a node says of itself in words: limits are there, which the whole schema says in keywords. */
function withoutDescriptions(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  );
}

describe.each(tools)('$name', ({ input, output }) => {
  test.each([
    ['input', input],
    ['output', output],
  ])('its listed %s says nothing but what the whole schema says', (_which, whole) => {
    // toMatchObject: every keyword that is listed is there, with the same value, and none was made up
    const listed = withoutDescriptions(listedSchema(whole));
    expect(withoutAnyOf(withoutDescriptions(wholeSchema(whole)))).toMatchObject(withoutAnyOf(listed));
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
    const places = (schema: Schema) => nodesOf(schema).map(({ where }) => where);
    expect(places(listedSchema(input))).toEqual(places(wholeSchema(input)));
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

  test('what may be given, what must be, and every value that a word may take stay listed', () => {
    const kept = (schema: Schema) =>
      nodesOf(schema).map(({ where, node }) => [where, node.enum, node.required, node.type]);
    expect(kept(listedSchema(input))).toEqual(kept(wholeSchema(input)));
  });

  test('limits and defaults stand in words, and in no keyword, after what an argument says of itself', () => {
    const listed = new Map(nodesOf(listedSchema(input)).map(({ where, node }) => [where, node]));
    for (const { where, node } of nodesOf(wholeSchema(input))) {
      const { description = '', ...shown } = listed.get(where) ?? {};
      expect(Object.keys(shown).filter((keyword) => inWords.includes(keyword))).toEqual([]);
      expect(String(description).startsWith(String(node.description ?? ''))).toBe(true);
      if (typeof node.default === 'number') expect(description, where).toContain(`default ${node.default}`);
      if (node.maximum !== undefined && node.maximum !== Number.MAX_SAFE_INTEGER)
        expect(description, where).toContain(`${node.minimum} to ${node.maximum}`);
    }
  });
});

test('limits that a caller may meet are said, those that nobody meets by accident are not', () => {
  const shown = listedSchema(
    z.strictObject({
      limit: z.number().int().min(1).max(200).default(20),
      characters: z.number().int().min(500).max(18_000).describe('as JSON'),
      share: z.number().max(1),
      fence: z.number().int().min(0),
      few: z.array(z.string()).min(1).max(50),
      many: z.array(z.string()).min(1).max(500),
      full: z.boolean().default(false),
      repos: z.array(z.string()).default([]),
      priority: z.enum(['high', 'low']).default('high'),
    }),
  );
  expect(shown).toEqual({
    type: 'object',
    properties: {
      limit: { type: 'integer', description: '1 to 200; default 20' },
      characters: { type: 'integer', description: 'as JSON; 500 to 18000' },
      share: { type: 'number', description: 'at most 1' },
      fence: { type: 'integer' },
      few: { type: 'array', items: { type: 'string' }, description: 'at most 50' },
      many: { type: 'array', items: { type: 'string' } },
      full: { type: 'boolean' },
      repos: { type: 'array', items: { type: 'string' } },
      priority: { type: 'string', enum: ['high', 'low'] },
    },
    required: ['characters', 'share', 'fence', 'few', 'many'],
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
