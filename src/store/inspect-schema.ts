import type { Session } from './session.ts';

/** The names of all that the schema is made of, each with its table in front. */
export interface SchemaParts {
  columns: string[];
  constraints: string[];
  indexes: string[];
}

/** What is there in the schema of this session. */
export async function readSchemaParts(session: Session): Promise<SchemaParts> {
  const { rows } = await session.query<SchemaParts>(`
    select
      array(
        select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
        order by 1) as columns,
      array(
        select c.relname || '.' || k.conname
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid
        where c.relnamespace = current_schema()::regnamespace and k.contype in ('p', 'u', 'f', 'c') and k.convalidated
        order by 1) as constraints,
      array(
        select t.relname || '.' || c.relname
        from pg_index i
        join pg_class c on c.oid = i.indexrelid
        join pg_class t on t.oid = i.indrelid
        where c.relnamespace = current_schema()::regnamespace and i.indisvalid
        order by 1) as indexes`);
  return rows[0] ?? { columns: [], constraints: [], indexes: [] };
}

/** The parts of `expected` that `found` does not have. */
export function missingParts(expected: SchemaParts, found: SchemaParts): string[] {
  const lack = (kind: keyof SchemaParts, noun: string) =>
    expected[kind].filter((part) => !found[kind].includes(part)).map((part) => `the ${noun} ${part}`);
  return [...lack('columns', 'column'), ...lack('constraints', 'constraint'), ...lack('indexes', 'index')];
}
