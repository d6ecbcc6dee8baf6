import { defineStatement } from '../statement.ts';
import { deletedGoalImage, deletedTaskImage } from './images.ts';

/** Tasks as history keeps those that are deleted: the whole of each, with its claim, its notes and who depends on it. */
export const listTaskImages = defineStatement({
  name: 'list_task_images',
  params: { workspaceId: 'int8', taskIds: 'text[]' },
  columns: { id: 'text', image: 'jsonb' },
  text: `
    select t.id, ${deletedTaskImage('t')} as image
    from tasks t
    where t.workspace_id = $1 and t.id = any($2::text[])
    order by t.number`,
});

/** Goals likewise: each with its own notes, its tasks apart. */
export const listGoalImages = defineStatement({
  name: 'list_goal_images',
  params: { workspaceId: 'int8', goalIds: 'text[]' },
  columns: { id: 'text', image: 'jsonb' },
  text: `
    select g.id, ${deletedGoalImage('g')} as image
    from goals g
    where g.workspace_id = $1 and g.id = any($2::text[])
    order by g.number`,
});
