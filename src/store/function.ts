import { createHash } from 'node:crypto';
import { defineStatement, type Shape, type SqlColumn, type SqlType, type Statement } from './statement.ts';

/**
 * A function of the schema: a change that meets others, as simple statements that lock first and look afterwards, in
 * one message and one transaction. Its name in the database ends in a hash of its text, so that two versions of the
 * program can run beside each other, and a text is never taken for another (docs/decisions/functions.md).
 */
export interface SchemaFunction<P extends Shape = Shape, C extends Shape = Shape> {
  /** Its name in the database. */
  readonly name: string;
  readonly body: string;
  /** What makes it; run by the migration runner where it is missing. */
  readonly definition: string;
  /** The same for distributed tables, where the settings refuse writes or do not reach the shards. */
  readonly shardedDefinition: string;
  /** What calls it. */
  readonly call: Statement<P, C>;
}

interface FunctionText<P extends Shape, C extends Shape> {
  name: string;
  params: P;
  columns: C;
  /** Variables, each with its type. */
  declare?: Readonly<Record<string, string>>;
  /** Its locks are those that many wait for, and go before the disk has what it wrote. */
  releasesEarly?: true;
  /** Statements in PL/pgSQL; `$1` is the workspace, and every parameter has its name in snake_case after `p_`. */
  body: string;
}

/** Plans are kept, and go by index: docs/decisions/functions.md. */
const settings = `set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
`;

export function defineFunction<const P extends Shape, const C extends Shape>({
  name,
  params,
  columns,
  declare = {},
  releasesEarly,
  body,
}: FunctionText<P, C>): SchemaFunction<P, C> {
  const variables = Object.entries(declare).map(([variable, type]) => `  ${variable} ${type};\n`);
  const returned = Object.keys(columns).length === 0 ? 'void' : `table (${fieldsOf(columns)})`;
  const text = `${argumentsOf(params)} returns ${returned}
language plpgsql
${settings}as $function$
#variable_conflict use_column
declare
${variables.join('')}begin${releasesEarly ? "\n  perform set_config('synchronous_commit', 'off', true);" : ''}
${body}
end
$function$`;
  const fullName = `${name}_${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  const places = Object.keys(params).map((_, place) => `$${place + 1}`);
  return {
    name: fullName,
    body,
    definition: `create or replace function ${fullName}${text}`,
    shardedDefinition: `create or replace function ${fullName}${text.replace(settings, '')}`,
    call: defineStatement({
      name: fullName,
      params,
      columns,
      ...(releasesEarly && { isFlushedAfter: true }),
      text: `select ${Object.keys(columns).join(', ')} from ${fullName}(${places.join(', ')})`,
    }),
  };
}

/** A call of a function of the schema from the body of another. Each argument is SQL. */
export function invoked<P extends Shape>({ name, call }: SchemaFunction<P>, args: Record<keyof P, string>): string {
  const given = Object.keys(call.params).map((param) => `p_${snake(param)} => ${args[param]}`);
  return `${name}(${given.join(', ')})`;
}

/** The same columns, all of which may be null: those of rows that may be missing. */
export function orNull<S extends Shape>(shape: S): { [K in keyof S]: OrNull<S[K]> } {
  const columns = Object.entries(shape).map(([name, type]) => [name, `${type.replace('?', '')}?`]);
  // the keys are those of the shape, which fromEntries forgets
  return Object.fromEntries(columns) as { [K in keyof S]: OrNull<S[K]> };
}

type OrNull<C extends SqlColumn> = C extends `${string}?` ? C : C extends SqlType ? `${C}?` : never;

function argumentsOf(params: Shape): string {
  return `(${Object.entries(params)
    .map(([name, type]) => `p_${snake(name)} ${sqlType(type)}`)
    .join(', ')})`;
}

function fieldsOf(columns: Shape): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${sqlType(type)}`)
    .join(', ');
}

function sqlType(type: SqlColumn): string {
  return type.replace('?', '');
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
