import { z } from 'zod';

/** What is listed of a schema in place of all that it takes. */
interface Listing {
  /** `nothing` is listed nowhere. */
  as: { type: string; description?: string; items?: { type: 'string' } } | 'nothing';
}
const listings = z.registry<Listing, z.core.$ZodType>();

/** Words as plain text: a wrong one is answered with those that there are. */
export function listedAsText<S extends z.ZodType>(schema: S, description?: string): S {
  listings.add(schema, { as: { type: 'string', ...(description !== undefined && { description }) } });
  return schema;
}

/** A list of texts, where an entry may also be something else. */
export function listedAsTexts<S extends z.ZodType>(schema: S): S {
  listings.add(schema, { as: { type: 'array', items: { type: 'string' } } });
  return schema;
}

/** An argument that is taken, and that nobody needs for a correct call. */
export function unlisted<S extends z.ZodType>(schema: S): S {
  listings.add(schema, { as: 'nothing' });
  return schema;
}

/**
 * A schema as clients list it, and as models read it with every request: without what says nothing and without limits,
 * since `parseInput`, which checks with all of the schema, names what it refuses and what is allowed. It never says anything
 * that is not so. See docs/decisions/tool-list.md.
 */
export function listedSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...listed } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      dropWhatSaysLittle(jsonSchema);
      if (zodSchema instanceof z.ZodObject) dropUnlisted(zodSchema, jsonSchema);
      const as = listings.get(zodSchema)?.as;
      if (typeof as === 'object') replaceBy(as, jsonSchema);
    },
  });
  return listed;
}

const limits = ['minimum', 'maximum', 'minItems', 'maxItems', 'default'] as const;

function dropWhatSaysLittle(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false || isAnything(schema.additionalProperties))
    delete schema.additionalProperties;
  // keys are always text
  delete schema.propertyNames;
  for (const keyword of limits) delete schema[keyword];
}

function dropUnlisted({ shape }: z.ZodObject, { properties }: z.core.JSONSchema.BaseSchema): void {
  for (const [name, field] of Object.entries(shape))
    if (listings.get(field)?.as === 'nothing') delete properties?.[name];
}

function replaceBy(listed: object, schema: z.core.JSONSchema.BaseSchema): void {
  for (const keyword of Object.keys(schema)) delete schema[keyword];
  Object.assign(schema, listed);
}

function isAnything(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0;
}
