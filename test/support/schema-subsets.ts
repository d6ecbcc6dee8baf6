import { z } from 'zod';

/** A JSON Schema, as tools list it. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  additionalProperties?: boolean | Schema;
  [keyword: string]: unknown;
}

/** All that a tool takes or answers, whether it is listed or not. */
export function wholeSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input' }) as Schema;
}

/** A schema and all that are in it, with where each stands. */
export function nodesOf(schema: Schema, where = ''): { where: string; node: Schema }[] {
  const inside = [
    ...Object.entries(schema.properties ?? {}).map(([name, each]) => ({ each, at: `${where}.${name}` })),
    ...(schema.anyOf ?? []).map((each, place) => ({ each, at: `${where}|${place}` })),
    ...(schema.items === undefined ? [] : [{ each: schema.items, at: `${where}[]` }]),
  ];
  return [{ where, node: schema }, ...inside.flatMap(({ each, at }) => nodesOf(each, at))];
}

/**
 * A schema as strict modes want it: what their SDKs make of any schema before they send it. Every object is closed, so
 * that one without properties holds no key.
 */
export function closed(schema: Schema): Schema {
  const { properties, items, anyOf, ...rest } = schema;
  return {
    ...rest,
    ...(schema.type === 'object' && { properties: {}, additionalProperties: false }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
      required: Object.keys(properties),
    }),
    ...(items && { items: closed(items) }),
    ...(anyOf && { anyOf: anyOf.map(closed) }),
  };
}

const types = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];

/** What each vendor's published subset has against one schema, apart from those that are in it. */
type Rules = (node: Schema, where: string) => string[];

/**
 * OpenAI, structured outputs ("Supported schemas"): a type, an enumeration or anyOf everywhere; anyOf not at the root; no
 * `default`, allOf, oneOf, not, if, dependent… or patternProperties. Its SDK refuses an object that is open on purpose.
 */
const openai: Rules = (node, where) => [
  ...(isSaid(node) ? [] : ['has no type']),
  ...(where === '' && node.anyOf !== undefined ? ['is a union at the root'] : []),
  ...(node.additionalProperties === undefined || node.additionalProperties === false ? [] : ['is open']),
  ...unknownKeywords(node, [
    ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', 'anyOf', 'description'],
    ...['title', 'pattern', 'format', 'minimum', 'maximum', 'multipleOf', 'minItems', 'maxItems', '$ref', '$defs'],
  ]),
];

/** Anthropic, `transform_schema` of its SDK: one type, and no list of them; what it does not know becomes words. */
const anthropic: Rules = (node) => [
  ...(isSaid(node) ? [] : ['has no type']),
  ...(node.type === undefined || types.includes(String(node.type)) ? [] : ['has a list of types']),
  ...unknownKeywords(node, [
    ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'anyOf', 'description', 'title'],
  ]),
];

/**
 * Gemini, `Schema` of its API: one type; anyOf with nothing beside it; properties only where there are some, and only of
 * an object; items in every list; enumerations of text; no additionalProperties.
 */
const gemini: Rules = (node, where) => [
  ...(isSaid(node) ? [] : ['has no type']),
  ...(node.type === undefined || types.includes(String(node.type)) ? [] : ['has a list of types']),
  ...(node.anyOf !== undefined && Object.keys(node).length > 1 ? ['says more than anyOf'] : []),
  ...(node.type === 'array' && node.items === undefined ? ['is a list of anything'] : []),
  ...(node.properties !== undefined && node.type !== 'object' ? ['has properties, and is no object'] : []),
  ...(where !== '' && node.properties !== undefined && Object.keys(node.properties).length === 0
    ? ['has no properties']
    : []),
  ...(node.enum?.every((each) => typeof each === 'string') === false ? ['enumerates what is no text'] : []),
  ...unknownKeywords(node, [
    ...['type', 'format', 'title', 'description', 'nullable', 'enum', 'maxItems', 'minItems', 'properties'],
    ...['required', 'minLength', 'maxLength', 'pattern', 'example', 'anyOf', 'items', 'minimum', 'maximum'],
  ]),
];

function isSaid(node: Schema): boolean {
  return node.type !== undefined || node.enum !== undefined || node.anyOf !== undefined;
}

function unknownKeywords(node: Schema, known: string[]): string[] {
  return Object.keys(node).flatMap((keyword) => (known.includes(keyword) ? [] : [`has the keyword ${keyword}`]));
}

export const subsets: Record<string, Rules> = { OpenAI: openai, Anthropic: anthropic, Gemini: gemini };

/** All that a subset has against a schema. */
export function problemsOf(rules: Rules, schema: Schema): string[] {
  return nodesOf(schema).flatMap(({ node, where }) => rules(node, where).map((problem) => `${where} ${problem}`));
}
