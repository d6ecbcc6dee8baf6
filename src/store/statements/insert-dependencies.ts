import { defineStatement } from '../statement.ts';

export const insertDependencies = defineStatement({
  name: 'insert_dependencies',
  params: { workspaceId: 'int8', taskIds: 'text[]', dependsOnIds: 'text[]', places: 'int4[]' },
  columns: {},
  text: `
    insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
    select $1, e.task_id, e.depends_on_id, e.place
    from unnest($2::text[], $3::text[], $4::int4[]) as e (task_id, depends_on_id, place)`,
});
