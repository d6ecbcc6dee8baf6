import type pg from 'pg';

/**
 * All that a call which was refused must leave as it was: every row, the history, and the numbers that people see.
 * Event numbers are not in it: a process takes them in blocks, and gaps are allowed.
 */
export async function contentsOf(sql: pg.Client): Promise<Record<string, string>> {
  const { rows } = await sql.query(`
    select
      (select count(*) || ' ' || md5(coalesce(string_agg(g::text, ',' order by g.number), '')) from goals g) as goals,
      (select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t.number), '')) from tasks t) as tasks,
      (select count(*) || ' ' || md5(coalesce(string_agg(d::text, ',' order by d.task_id, d.depends_on_id), ''))
        from task_dependencies d) as dependencies,
      (select count(*) || ' ' || md5(coalesce(string_agg(n::text, ',' order by n.id), '')) from notes n) as notes,
      (select count(*) || ' ' || md5(coalesce(string_agg(r::text, ',' order by r.request_id), '')) from requests r)
        as requests,
      (select count(*) || ' ' || coalesce(max(e.seq), 0) from events e) as events,
      (select string_agg(c.kind || ' ' || c.next, ', ' order by c.kind) from counters c
        where c.kind in ('goal', 'task')) as counters`);
  return rows[0];
}
