import pg from 'pg';
import { readJson, writeJson } from '../domain/json-text.ts';
import type { SqlColumn } from './statement.ts';
import type { Step } from './steps.ts';

const { builtins } = pg.types;
const oid = { int8Array: 1016 };

/** The parsers of what PostgreSQL sends, so that rows have the types that `Statement` promises. */
const parsers = new Map<number, (value: string) => unknown>([
  [builtins.INT8, Number],
  [builtins.TIMESTAMPTZ, isoTimestamp],
  [builtins.JSON, readJson],
  [builtins.JSONB, readJson],
  [oid.int8Array, (value) => (pg.types.getTypeParser(oid.int8Array)(value) as string[]).map(Number)],
]);

export const wireTypes: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format: 'text' | 'binary') =>
    (format === 'text' ? parsers.get(id) : undefined) ??
    pg.types.getTypeParser(id, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** The values of `$1`, `$2`, … in the order in which the statement declares its parameters. */
export function wireValues({ statement, params }: Step): unknown[] {
  return Object.entries(statement.params).map(([name, type]) => wireValue(type, params[name]));
}

function wireValue(type: SqlColumn, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return type === 'jsonb' || type === 'jsonb?' ? writeJson(value) : value;
}

/** What a session in UTC sends: `2026-11-22 23:35:51.363123+00`, the fraction without its last zeros. */
const inUtc = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

function isoTimestamp(value: string): string {
  // by hand where it is easy: a list of 50 tasks has 150 of them, and a Date for each took longer than all the rest
  const [, day, time, fraction = ''] = inUtc.exec(value) ?? [];
  if (day !== undefined) return `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const parsed = pg.types.getTypeParser(builtins.TIMESTAMPTZ)(value) as Date | number;
  // `infinity` parses as a number; no statement of ours writes it
  return parsed instanceof Date ? parsed.toISOString() : value;
}
