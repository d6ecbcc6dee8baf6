import { defineStatement } from '../statement.ts';
import { reparked, subtreeOf } from './goal-tree-pieces.ts';

/**
 * Takes unfinished tasks of goals, and of all goals below them, out of the ready work where a goal or one above it is
 * closed, and back in where none is.
 */
export const parkTasks = defineStatement({
  name: 'park_tasks',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: {},
  text: `
    with subtree as materialized (
      select unnest(${subtreeOf('$2::text[]')}) as id
    )
    ${reparked('array(select s.id from subtree s)')}`,
});

/** Goals and all goals below them. */
export const listSubtree = defineStatement({
  name: 'list_subtree',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text' },
  text: `
    select unnest(${subtreeOf('$2::text[]')}) as id`,
});
