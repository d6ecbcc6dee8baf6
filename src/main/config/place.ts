/** Values by variable; an empty one counts as unset and is not there. */
export type Values = Record<string, string>;

/** Something that sets variables: the environment, or one file. */
export interface Place {
  /** The file's absolute path; undefined for the environment. */
  file?: string;
  values: Values;
}

/** A variable that was read, and the place that it came from. */
export interface Used {
  name: string;
  place: Place;
}

/** "POSTGRES_HOST in the environment": the place of a setting, as people and agents read it. */
export function tellUsed({ name, place }: Used): string {
  return `${name} in ${place.file ?? 'the environment'}`;
}

/** "DATABASE_URL, POSTGRES_DB in /home/ann/.env are not used". Names only: a value may be a password. */
export function tellUnused(names: readonly string[], place: Place): string {
  const [name, more] = [names.join(', '), names.length > 1];
  return `${tellUsed({ name, place })} ${more ? 'are' : 'is'} not used`;
}

export function withoutEmpty(values: Readonly<Record<string, string | undefined>>): Values {
  const set = Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return Object.fromEntries(set);
}

export function firstThatSets(places: readonly Place[], name: string): Place | undefined {
  return places.find(({ values }) => values[name] !== undefined);
}

/** The variables of `names` that the place sets. */
export function setIn({ values }: Place, names: readonly string[]): string[] {
  return names.filter((name) => values[name] !== undefined);
}
