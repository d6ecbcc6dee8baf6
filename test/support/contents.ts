import type pg from 'pg';

/**
 * All that a call which was refused must leave as it was: every row, the history, and the numbers that people see.
 * The next number of the history is not in it: gaps are allowed.
 */
export async function contentsOf(sql: pg.Client): Promise<Record<string, string>> {
  const { rows } = await sql.query(`
    select
      (select count(*) || ' ' || md5(coalesce(string_agg(g::text, ',' order by g.number), '')) from goals g) as goals,
      (select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t.number), '')) from tasks t) as tasks,
      (select count(*) || ' ' || md5(coalesce(string_agg(d::text, ',' order by d.task_id, d.depends_on_id), ''))
        from task_dependencies d) as dependencies,
      (select count(*) || ' ' || md5(coalesce(string_agg(n::text, ',' order by n.id), '')) from notes n) as notes,
      (select count(*) || ' ' || md5(coalesce(string_agg(c::text, ',' order by c.task_id), '')) from claims c) as claims,
      (select count(*) || ' ' || md5(coalesce(string_agg(r::text, ',' order by r.name, r.holder), '')) from resources r) as resources,
      (select count(*) || ' ' || md5(coalesce(string_agg(p::text, ',' order by p.name), '')) from templates p) as templates,
      (select count(*) || ' ' || md5(coalesce(string_agg(o::text, ',' order by o.seq), '')) from operations o) as operations,
      (select count(*) || ' ' || coalesce(max(e.seq), 0) from events e) as events,
      (select string_agg(c.kind || ' ' || c.next, ', ' order by c.kind) from counters c
        where c.kind in ('goal', 'task')) as counters`);
  return rows[0];
}
