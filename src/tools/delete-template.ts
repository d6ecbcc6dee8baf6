import { z } from 'zod';
import { deleteTemplate as remove } from '../service/templates/templates.ts';
import { TemplateName } from './answers/template-answers.ts';
import { defineTool, deletes } from './define/define-tool.ts';

export const deleteTemplate = defineTool({
  name: 'delete_template',
  description: 'Delete a template; its goal does not come back any more. Goals that it made stay.',
  input: z.strictObject({ name: TemplateName }),
  output: z.object({ deleted: z.string(), success: z.boolean() }),
  hints: deletes,
  async run(context, { name }) {
    await remove(await context.open(), name);
    return { deleted: name, success: true };
  },
});
