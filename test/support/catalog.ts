import type pg from 'pg';

const ours = `c.relnamespace = 'public'::regnamespace and c.relname not like 'goal_agent_migrations%'`;

/** What the catalog says of our tables, a line each; the migrations that they come from stay out of it. */
export async function readCatalog(sql: pg.Client): Promise<{ [part: string]: string[] }> {
  const lines = async (text: string) => (await sql.query({ text, rowMode: 'array' })).rows.map(([line]) => line);
  return {
    columns: await lines(`
      select table_name || '.' || column_name || ' ' || udt_name || case is_nullable when 'NO' then ' not null' else '' end
        || coalesce(' default ' || column_default, '')
      from information_schema.columns
      where table_schema = 'public' and table_name <> 'goal_agent_migrations'
      order by table_name, ordinal_position`),
    constraints: await lines(`
      select c.relname || ': ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid
      where ${ours} and k.contype <> 'n'
      order by 1`),
    indexes: await lines(`
      select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'goal_agent_migrations' order by 1`),
    settings: await lines(`
      select c.relname || coalesce(' with ' || c.reloptions::text, '') || coalesce(' no statistics on ' || (
          select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attstattarget = 0 and a.attnum > 0 and not a.attisdropped
        ), '')
      from pg_class c
      where ${ours} and (c.reloptions is not null or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attstattarget = 0 and a.attnum > 0 and not a.attisdropped))
      order by 1`),
    enums: await lines(`
      select t.typname || ': ' || string_agg(e.enumlabel, ', ' order by e.enumsortorder)
      from pg_enum e
      join pg_type t on t.oid = e.enumtypid
      group by t.typname
      order by 1`),
    sequences: await lines(`
      select c.relname || ' ' || format_type(s.seqtypid, null) || ' by ' || s.seqincrement || ' from ' || s.seqmin || ' to ' || s.seqmax
      from pg_sequence s
      join pg_class c on c.oid = s.seqrelid
      where ${ours}
      order by 1`),
    functions: await lines(`select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`),
  };
}
