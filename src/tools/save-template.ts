import { z } from 'zod';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId } from '../domain/ids.ts';
import { Parameters, TemplateBody } from '../domain/templates.ts';
import { bodyOfGoal } from '../service/templates/of-goal.ts';
import { saveTemplate as save } from '../service/templates/templates.ts';
import { TemplateName } from './answers/template-answers.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { anyObject } from './define/input.ts';
import { listedAsText } from './define/listed-schema.ts';

export const saveTemplate = defineTool({
  name: 'save_template',
  description:
    'Keep the breakdown of a goal for later, as a template: of goal_id, or given as in create_goal with tasks as in break_down_goal. {{name}} in its texts is filled in by apply_template.',
  input: z.strictObject({
    name: TemplateName,
    goal_id: GoalId.optional(),
    parameters: listedAsText(
      anyObject(Parameters).optional(),
      'JSON: texts of the goal that become parameters, {"version": "3.1"}',
    ),
    template: listedAsText(
      anyObject(TemplateBody).optional(),
      'JSON: {"description": "Release {{version}}", "tasks": [{"description": "…", "key": "a"}, {"description": "…", "dependencies": ["a"]}]}',
    ),
  }),
  output: z.object({ name: z.string(), tasks: z.number().int(), parameters: z.array(z.string()) }),
  hints: sets,
  async run(context, { name, goal_id, parameters, template }) {
    const call = await context.open();
    const saved = await save(call, name, await bodyFrom());
    return { name, tasks: saved.body.tasks.length, parameters: saved.parameters };

    async function bodyFrom(): Promise<TemplateBody> {
      if (goal_id !== undefined && template === undefined) return bodyOfGoal(call, goal_id, parameters ?? {});
      if (template !== undefined && goal_id === undefined && parameters === undefined) return template;
      throw new GoalAgentError(
        'invalid',
        'save_template: give goal_id, with parameters if some of its texts are to be filled in later, or template.',
      );
    }
  },
});
