import { Ajv } from '@modelcontextprotocol/client/validators/ajv';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { listedSchema } from '../../src/mcp/listed-schema.ts';
import { tools } from '../../src/mcp/tools/index.ts';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  [keyword: string]: unknown;
}

/** A schema and all that are in it, with where each stands. */
function nodesOf(schema: Schema, where: string): { where: string; node: Schema }[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => nodesOf(each, `${where}.${name}`));
  return [{ where, node: schema }, ...named, ...(schema.items ? nodesOf(schema.items, `${where}[]`) : [])];
}

/** `anyOf` of a type and null, where nothing else is said of that type, as the list of types that zod writes then. */
function withoutAnyOf(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    const types = value?.anyOf?.map((each: Schema) => (each.properties ? undefined : each.type));
    return types?.every(Boolean) ? { ...value, type: types, anyOf: undefined } : value;
  });
}

describe.each(tools)('$name', ({ name, input, output }) => {
  test.each([
    ['input', input],
    ['output', output],
  ])('its listed %s says nothing but what the whole schema says', (_which, whole) => {
    // toMatchObject: every keyword that is listed is there, with the same value, and none was made up
    expect(withoutAnyOf(z.toJSONSchema(whole, { io: 'input' }))).toMatchObject(withoutAnyOf(listedSchema(whole)));
  });

  test('both are JSON Schema 2020-12 without a word that a strict validator does not know', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    for (const whole of [input, output]) expect(() => ajv.compile(listedSchema(whole))).not.toThrow();
  });

  test('each argument is named with its type, each list with that of its entries, as strict clients want it', () => {
    for (const { where, node } of nodesOf(listedSchema(input), name)) {
      if (where.endsWith('.result')) expect(node, 'any JSON').toEqual({});
      else expect(node.type, where).toEqual(expect.any(String));
      if (node.type === 'array') expect(node.items, where).toBeDefined();
    }
    const whole = nodesOf(z.toJSONSchema(input, { io: 'input' }) as Schema, name);
    expect(nodesOf(listedSchema(input), name).map(({ where }) => where)).toEqual(whole.map(({ where }) => where));
    expect(listedSchema(input)).toMatchObject({ type: 'object', properties: expect.any(Object) });
  });

  test('what may be given, what must be, and every value that a word may take stay listed', () => {
    const kept = (schema: Schema) =>
      nodesOf(schema, name).map(({ where, node }) => [where, node.enum, node.required, node.type, node.description]);
    expect(kept(listedSchema(input))).toEqual(kept(z.toJSONSchema(input, { io: 'input' }) as Schema));
  });
});

test('limits that a caller may meet are listed, those that nobody meets by accident are not', () => {
  const shown = listedSchema(
    z.strictObject({
      limit: z.number().int().min(1).max(200).default(20),
      characters: z.number().int().min(500).max(18_000),
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
      limit: { type: 'integer', maximum: 200, default: 20 },
      characters: { type: 'integer', minimum: 500, maximum: 18_000 },
      fence: { type: 'integer' },
      few: { type: 'array', items: { type: 'string' }, maxItems: 50 },
      many: { type: 'array', items: { type: 'string' } },
      full: { type: 'boolean' },
      repos: { type: 'array', items: { type: 'string' } },
      priority: { type: 'string', enum: ['high', 'low'], default: 'high' },
    },
    required: ['characters', 'fence', 'few', 'many'],
  });
  expect(listedSchema(z.strictObject({}))).toEqual({ type: 'object', properties: {}, additionalProperties: false });
});
