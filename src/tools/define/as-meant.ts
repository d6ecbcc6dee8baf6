import { z } from 'zod';
import { structureFromString } from '../../domain/json.ts';
import { wordMeant } from '../../domain/words.ts';

/**
 * Arguments as their sender meant them, read by the schema that says what belongs where: clients and models send numbers
 * and lists as text, null and "" for what they leave out, and statuses as people say them. What cannot be read stays as it
 * is, and the check refuses it in its own words. docs/decisions/tools-as-contract.md lists what is read.
 */
export function asMeant(schema: z.core.$ZodType, value: unknown): unknown {
  const bare = withoutWrapping(schema);
  if (bare instanceof z.ZodObject) return fieldsAsMeant(bare, structureFromString(value));
  if (bare instanceof z.ZodArray) return listAsMeant(bare, structureFromString(value));
  if (typeof value !== 'string') return value;
  if (bare instanceof z.ZodNumber) return numberIn(value) ?? value;
  if (bare instanceof z.ZodBoolean) return booleans.get(value) ?? value;
  if (bare instanceof z.ZodEnum) return wordMeant(bare, value) ?? value;
  return value;
}

/** What an argument's own schema is, whether or not it may be left out, and before what is made of it. */
function withoutWrapping(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return withoutWrapping(schema.unwrap());
  if (schema instanceof z.ZodPipe) return withoutWrapping(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}

/** Without what was left out. A field that the schema does not know stays, to be refused by its name. */
function fieldsAsMeant(schema: z.ZodObject, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, given]) => {
      const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
      if (field === undefined) return [[name, given]];
      return isLeftOut(field, given) ? [] : [[name, asMeant(field, given)]];
    }),
  );
}

/** Null where it means nothing else; "" where it means nothing else and the argument need not be given. */
function isLeftOut(schema: z.ZodType, value: unknown): boolean {
  if (value !== null && value !== '') return false;
  if (schema.safeParse(value).success) return false;
  return value === null || schema.safeParse(undefined).success;
}

/** One text or one object where a list of them belongs is a list of one, but not the text of broken JSON. */
function listAsMeant({ element }: z.ZodArray, value: unknown): unknown {
  const inner = withoutWrapping(element);
  const isOne =
    inner instanceof z.ZodObject
      ? isObject(value)
      : typeof value === 'string' && value !== '' && !/^\s*[[{]/.test(value);
  const list = isOne ? [value] : value;
  return Array.isArray(list) ? list.map((entry) => asMeant(element, entry)) : list;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const booleans = new Map([
  ['true', true],
  ['false', false],
]);

/** A number in exactly the form that JSON has. */
function numberIn(text: string): number | undefined {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
