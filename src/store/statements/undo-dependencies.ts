import { defineStatement } from '../statement.ts';
import { undoneDependencies, undoneRows } from './sql.ts';

// What taking operations back changes of who depends on whom, between rows that are there; first what goes, then what comes.

const params = { workspaceId: 'int8', operations: 'int8[]' } as const;

export const undoAddedDependencies = defineStatement({
  name: 'undo_added_dependencies',
  params,
  columns: {},
  text: `
    with ${undoneRows},
    ${undoneDependencies}
    delete from task_dependencies d
    using dependencies x
    where d.workspace_id = $1 and not x.added and d.task_id = x.task_id and d.depends_on_id = x.depends_on_id`,
});

/**
 * Dependents that are gone since are left out. Where a dependent's place was taken since, the dependency comes last. One that
 * was taken out and put in again is there, at another place.
 */
export const undoRemovedDependencies = defineStatement({
  name: 'undo_removed_dependencies',
  params,
  columns: {},
  text: `
    with ${undoneRows},
    ${undoneDependencies},
    coming as (
      select d.task_id, d.depends_on_id, d.place
      from dependencies d
      where d.added
      union
      select x.task_id, x.depends_on_id, x.place
      from dependents x
      where not exists (
        select from dependencies d where d.added and d.task_id = x.task_id and d.depends_on_id = x.depends_on_id)
    )
    insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
    select $1, c.task_id, c.depends_on_id,
      case
        when c.place = any(p.places) then p.last + row_number() over (partition by c.task_id order by c.place, c.depends_on_id)
        else c.place
      end
    from coming c
    join tasks t on t.workspace_id = $1 and t.id = c.task_id and t.id = any(array(select g.task_id from coming g))
    cross join lateral (
      select array_agg(d.place) as places, max(d.place) as last
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = c.task_id
        -- those that go are still there: their images say who waited for them
        and not exists (select from undone u where u.kind = 'task' and u.id = d.depends_on_id and u.before is null)
        and not exists (select from coming k where k.task_id = d.task_id and k.depends_on_id = d.depends_on_id)
    ) p
    on conflict (workspace_id, task_id, depends_on_id) do update
    set place = excluded.place
    where task_dependencies.workspace_id = $1 and task_dependencies.place <> excluded.place`,
});
