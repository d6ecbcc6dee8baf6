import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { text } from '../domain/text.ts';
import { getTemplate, listTemplates as list } from '../service/templates/templates.ts';
import { Budget } from './answers/answers.ts';
import {
  TemplateEntry,
  TemplateName,
  templateEntry,
  WholeTemplate,
  wholeTemplate,
} from './answers/template-answers.ts';
import { defineTool, reads } from './define/define-tool.ts';

export const listTemplates = defineTool({
  name: 'list_templates',
  description:
    'Templates of goals: what they make, with which parameters, and which come back by themselves. With name all of one.',
  input: z.strictObject({
    name: TemplateName.optional(),
    limit: z.number().int().min(1).max(limits.page).default(50),
    cursor: text(100).optional(),
  }),
  output: z.object({
    templates: z.array(TemplateEntry.extend(WholeTemplate.partial().shape)),
    total: z.number().int(),
    next_cursor: z.string().optional(),
  }),
  hints: reads,
  async run(context, { name, limit, cursor: after = '' }) {
    const call = await context.open();
    if (name !== undefined) return { templates: [wholeTemplate(await getTemplate(call, name))], total: 1 };
    const { templates, total } = await list(call, { after, limit });
    const shown = new Budget().firstOf(templates.map(templateEntry));
    const isCut = shown.length < templates.length || templates.length === limit;
    const last = shown.at(-1)?.name;
    return { templates: shown, total, ...(isCut && last !== undefined && { next_cursor: last }) };
  },
});
