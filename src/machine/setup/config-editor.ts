import { isDeepStrictEqual } from 'node:util';
import { isRecord } from './server-entry.ts';

/** Reads and changes one entry of a configuration text, and leaves everything else as it is. */
export interface ConfigEditor {
  /** @throws NotReadable */
  read(text: string): unknown;
  /** @throws NotReadable also where the entry cannot be set without a change of something else. */
  set(text: string, path: readonly string[], value: unknown): string;
  /** The text without the entry. @throws NotReadable */
  remove(text: string, path: readonly string[]): string;
}

/** A text that cannot be changed with certainty. It is left alone. */
export class NotReadable extends Error {
  readonly place: string;

  constructor(what: string, place = '') {
    super(what);
    this.place = place;
  }
}

/** `line 3, column 7`, counted from one. */
export function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

/** A copy with another value at the end of `path`. */
export function setAt(value: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  return { ...(isRecord(value) && value), [key]: setAt(valueAt(value, [key]), rest, leaf) };
}

/** A copy without what is at the end of `path`. */
export function withoutAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || !isRecord(value) || !Object.hasOwn(value, key)) return value;
  if (rest.length > 0) return { ...value, [key]: withoutAt(value[key], rest) };
  const { [key]: _, ...others } = value;
  return others;
}

/** Whether two readings differ. The order of keys counts for nothing, nor does a library's own kind of object. */
export function changedMeaning(one: unknown, other: unknown): boolean {
  return !isDeepStrictEqual(structuredClone(one), structuredClone(other));
}
