import type { Session } from '../../store/session.ts';

/** Whoever does not own a table leaves it as it is. */
const isOurs = `t.relnamespace = current_schema()::regnamespace and t.relname = any($1) and pg_has_role(t.relowner, 'usage')`;

/** What is taken away of the schema while rows come in, and how it is made again: indexes first, since foreign keys lean on them. */
const setAside = `
  select take, make
  from (
    select 2 as place, format('alter table %I drop constraint %I', t.relname, k.conname) as take,
      format('alter table %I add constraint %I %s', t.relname, k.conname, pg_get_constraintdef(k.oid)) as make
    from pg_constraint k
    join pg_class t on t.oid = k.conrelid
    where ${isOurs} and k.contype = 'f'
    union all
    select 1, format('drop index %I', c.relname), pg_get_indexdef(c.oid)
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_class t on t.oid = i.indrelid
    where ${isOurs} and not exists (select from pg_constraint k where k.conindid = c.oid)
  ) as parts
  order by place`;

/**
 * Lets many rows come into empty tables without the indexes and foreign keys of those tables, within the caller's transaction: they are
 * made again from their own definitions afterwards, at once for all rows, and the keys then check every row. Primary
 * keys stay. A Citus has them on its shards, and keeps all.
 */
export async function withoutIndexes<R>(session: Session, tables: string[], fill: () => Promise<R>): Promise<R> {
  if (session.isCitus) return fill();
  const { rows: parts } = await session.query<{ take: string; make: string }>(setAside, [tables]);
  for (const { take } of parts.toReversed()) await session.query(take);
  const result = await fill();
  for (const { make } of parts) await session.query(make);
  return result;
}
