import type { Json } from '../domain/json.ts';

/**
 * The SQL types that statements use, each with what JavaScript sees.
 * `int8` is a number: no count or serial of ours comes near 2^53. `timestamptz` is ISO 8601 in UTC with `Z`.
 */
interface SqlTypes {
  int4: number;
  int8: number;
  text: string;
  uuid: string;
  float8: number;
  bool: boolean;
  jsonb: Json;
  timestamptz: string;
  'int4[]': number[];
  'int8[]': number[];
  'text[]': string[];
  'bool[]': boolean[];
  'uuid[]': string[];
}

export type SqlType = keyof SqlTypes;
/** A type name with `?` may be null. */
export type SqlColumn = SqlType | `${SqlType}?`;

type Value<C extends SqlColumn> = C extends `${infer T extends SqlType}?`
  ? SqlTypes[T] | null
  : C extends SqlType
    ? SqlTypes[C]
    : never;

export type Shape = Readonly<Record<string, SqlColumn>>;
export type Values<S extends Shape> = { [K in keyof S]: Value<S[K]> };

/**
 * One SQL statement: its name (also its name as a prepared statement), its text, and the types of its parameters
 * (in the order of `$1`, `$2`, …) and columns. A test prepares each one and compares both with what PostgreSQL says.
 */
export interface Statement<P extends Shape = Shape, C extends Shape = Shape> {
  readonly name: string;
  readonly text: string;
  readonly params: P;
  readonly columns: C;
  /** It commits without waiting for the disk, so that its locks go at once: a flush has to follow (docs/decisions/flush.md). */
  readonly isFlushedAfter?: true | undefined;
  /** Planned for each run: where the best way depends on the values, and a bad one costs more than planning. */
  readonly plannedAnew?: true;
}

export type Params<S> = S extends Statement<infer P, Shape> ? Values<P> : never;
export type Row<S> = S extends Statement<Shape, infer C> ? Values<C> : never;

export function defineStatement<const P extends Shape, const C extends Shape>(
  statement: Statement<P, C>,
): Statement<P, C> {
  return statement;
}
