import { defineStatement } from '../statement.ts';
import { isIn, isNotIn, isSame, undoneDependencies, undoneRows } from './sql.ts';

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
    where d.workspace_id = $1 and d.task_id = any(array(select x.task_id from dependencies x where not x.added))
      and ${isIn('(d.task_id, d.depends_on_id)', 'select x.task_id, x.depends_on_id from dependencies x where not x.added')}`,
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
      where ${isNotIn('(x.task_id, x.depends_on_id)', 'select d.task_id, d.depends_on_id from dependencies d where d.added')}
    )
    insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
    select $1, c.task_id, c.depends_on_id,
      case
        when c.place = any(p.places) then p.last + row_number() over (partition by c.task_id order by c.place, c.depends_on_id)
        else c.place
      end
    from coming c
    join tasks t on t.workspace_id = $1 and t.id = any(array(select g.task_id from coming g)) and ${isSame('t.id', 'c.task_id')}
    cross join lateral (
      select array_agg(d.place) as places, max(d.place) as last
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = c.task_id
        -- those that go are still there: their images say who waited for them
        and ${isNotIn('d.depends_on_id', "select u.id from undone u where u.kind = 'task' and u.before is null")}
        and ${isNotIn('(d.task_id, d.depends_on_id)', 'select k.task_id, k.depends_on_id from coming k')}
    ) p
    on conflict (workspace_id, task_id, depends_on_id) do update
    set place = excluded.place
    where task_dependencies.workspace_id = $1 and task_dependencies.place <> excluded.place`,
});
