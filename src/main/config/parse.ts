import type { z } from 'zod';
import { firstThatSets, type Place, type Used, type Values } from './place.ts';

export interface Parsed<T> {
  values: T;
  /** A sentence for each wrong variable. */
  problems: string[];
  /** The variables that were set, and where each came from. */
  used: Used[];
}

/**
 * Reads the variables of `schema`, each from the first place that sets it. With wrong variables, `values` has the other
 * ones, so that these can be judged too. Variables of one server are read from one place alone.
 */
export function parseFrom<S extends z.ZodObject>(schema: S, places: readonly Place[]): Parsed<z.output<S>> {
  const used = Object.keys(schema.shape).flatMap((name) => {
    const place = firstThatSets(places, name);
    return place === undefined ? [] : { name, place };
  });
  const set: Values = Object.fromEntries(used.map(({ name, place }) => [name, place.values[name] ?? '']));
  const parsed = schema.safeParse(set);
  if (parsed.success) return { values: parsed.data, problems: [], used };
  const { issues } = parsed.error;
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  const rest = Object.fromEntries(Object.entries(set).filter(([name]) => !wrong.has(name)));
  const problems = issues.map(({ path, message }) => `${whichVariable(String(path[0]), used)} ${message}`);
  return { values: schema.parse(rest), problems, used };
}

/** The environment goes without saying. */
function whichVariable(name: string, used: readonly Used[]): string {
  const file = used.find((each) => each.name === name)?.place.file;
  return file === undefined ? name : `${name} in ${file}`;
}
