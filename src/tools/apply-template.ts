import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { Parameters } from '../domain/templates.ts';
import { applyTemplate as apply } from '../service/templates/apply.ts';
import { TemplateName } from './answers/template-answers.ts';
import { adds, defineTool } from './define/define-tool.ts';
import { anyObject } from './define/input.ts';
import { listedAsText } from './define/listed-schema.ts';

export const applyTemplate = defineTool({
  name: 'apply_template',
  description: 'Start a goal with all of its tasks from a template. list_templates names its parameters.',
  input: z.strictObject({
    name: TemplateName,
    parameters: listedAsText(anyObject(Parameters).default({}), 'JSON'),
    parent_goal_id: GoalId.optional(),
  }),
  output: z.object({
    goal_id: z.string(),
    created: z.number().int(),
    first_task_id: z.string(),
    last_task_id: z.string(),
  }),
  hints: adds,
  async run(context, { name, parameters, parent_goal_id: parentId }) {
    const { goalId, taskIds } = await apply(await context.open(), { name, parameters, parentId });
    const [first = '', last = first] = [taskIds.at(0), taskIds.at(-1)];
    return { goal_id: goalId, created: taskIds.length, first_task_id: first, last_task_id: last };
  },
});
