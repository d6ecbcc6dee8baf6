import { z } from 'zod';

type Synonyms<T extends string> = Readonly<Record<string, T>>;

const synonymsOf = new WeakMap<z.core.$ZodType, Synonyms<string>>();

/** A closed list of words, with other words that people say for them, in lower case, with `_` between the parts. */
export function words<const T extends readonly string[]>(values: T, synonyms: Synonyms<T[number]>) {
  const schema = z.enum(values);
  synonymsOf.set(schema, synonyms);
  return schema;
}

/** Other words that people say for the words of this list. */
export function synonymsIn<S extends z.ZodEnum>(schema: S): Synonyms<z.output<S> & string> {
  return (synonymsOf.get(schema) ?? {}) as Synonyms<z.output<S> & string>; // as `words` kept it beside this schema
}

/**
 * The word of this list that `text` means: `In Progress`, `in-progress` and `inProgress` are `in_progress`. Undefined
 * for a text that means none of them.
 */
export function wordMeant<S extends z.ZodEnum>(schema: S, text: unknown): z.output<S> | undefined {
  if (typeof text !== 'string') return undefined;
  const key = text
    .trim()
    .replace(/([a-z])(?=[A-Z])/g, '$1_')
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
  const synonyms = synonymsIn(schema);
  const word = schema.options.includes(key) || !Object.hasOwn(synonyms, key) ? key : synonyms[key];
  return schema.safeParse(word).data;
}
