import { z } from 'zod';

/** A list may hold as many as this and more before its limit is worth a word: nobody writes so many by mistake. */
const longList = 100;

/**
 * A schema as clients list it, and as models read it with every request: without what says nothing, without limits that
 * nobody meets by accident, and with the others in words, since strict modes refuse or drop their keywords. It never says
 * anything that is not so, and `parseInput`, which checks with all of the schema, names what it refuses and what is
 * allowed. See docs/decisions/tool-list.md.
 */
export function listedSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...listed } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      dropWhatSaysLittle(jsonSchema);
      sayLimitsInWords(jsonSchema);
    },
  });
  return listed;
}

function dropWhatSaysLittle(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false || isAnything(schema.additionalProperties))
    delete schema.additionalProperties;
  // keys are always text
  delete schema.propertyNames;
  if (schema.minItems === 1) delete schema.minItems;
  if ((schema.maxItems ?? 0) >= longList) delete schema.maxItems;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.maximum === undefined && (schema.minimum ?? 0) <= 1) delete schema.minimum;
  // the answer shows which word stands for one that was left out
  if (isNothing(schema.default) || schema.enum !== undefined) delete schema.default;
}

/** `1 to 200; default 20`, after what the schema says of itself. */
function sayLimitsInWords(schema: z.core.JSONSchema.BaseSchema): void {
  const { minimum, maximum, maxItems, default: preset, ...rest } = schema;
  const most = maximum ?? maxItems;
  const range = minimum === undefined ? `at most ${most}` : `${minimum} to ${most}`;
  const limits = [...(most === undefined ? [] : [range]), ...(preset === undefined ? [] : [`default ${preset}`])];
  if (limits.length === 0) return;
  for (const keyword of ['minimum', 'maximum', 'maxItems', 'default'] as const) delete schema[keyword];
  schema.description = [...(rest.description === undefined ? [] : [rest.description]), ...limits].join('; ');
}

function isAnything(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0;
}

/** What stands for an argument that was left out in any case. */
function isNothing(value: unknown): boolean {
  return value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
