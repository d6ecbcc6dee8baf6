import { z } from 'zod';

/** A list may hold as many as this and more before its limit is worth a word: nobody writes so many by mistake. */
const longList = 100;

/**
 * A schema as clients list it, and as models read it with every request: without what says nothing, and without limits
 * that nobody meets by accident. It never says anything that is not so, and `parseInput`, which checks with all of the
 * schema, names what it refuses and what is allowed. See docs/decisions/tool-list.md.
 */
export function listedSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...listed } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => dropWhatSaysLittle(jsonSchema),
  });
  return listed;
}

function dropWhatSaysLittle(schema: z.core.JSONSchema.BaseSchema): void {
  // the way to say "no arguments" that the protocol recommends
  const isEmpty = schema.type === 'object' && Object.keys(schema.properties ?? {}).length === 0;
  if (schema.additionalProperties === false && !isEmpty) delete schema.additionalProperties;
  if (isAnything(schema.additionalProperties)) delete schema.additionalProperties;
  // keys are always text
  delete schema.propertyNames;
  if (schema.minItems === 1) delete schema.minItems;
  if ((schema.maxItems ?? 0) >= longList) delete schema.maxItems;
  if ((schema.minimum ?? Number.POSITIVE_INFINITY) <= 1) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (isNothing(schema.default)) delete schema.default;
}

function isAnything(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0;
}

/** What stands for an argument that was left out in any case. */
function isNothing(value: unknown): boolean {
  return value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
