import { z } from 'zod';
import { answerBudget } from '../../domain/limits.ts';
import { allowedName, nameForm } from '../../domain/names.ts';
import type { Template } from '../../service/templates/templates.ts';
import { listedAsText } from '../define/listed-schema.ts';
import { Budget } from './answers.ts';

export const TemplateName = listedAsText(
  z.string().regex(nameForm, { error: `is no name of a template: ${allowedName}` }),
);

/** Of a rule: what it comes to, without what it is applied with. */
export const RecurrenceAnswer = z.object({
  rule: z.string(),
  time_zone: z.string(),
  starts_at: z.string(),
  next_at: z.string().nullable(),
  last_goal_id: z.string().optional(),
});

export const TemplateEntry = z.object({
  name: z.string(),
  /** The start of the goal's. */
  description: z.string(),
  tasks: z.number().int(),
  parameters: z.array(z.string()),
  recurrence: RecurrenceAnswer.optional(),
  updated_at: z.string(),
});

/** A template with all that it makes. */
export const WholeTemplate = TemplateEntry.extend({
  /** In the form in which save_template takes it. */
  body: z.record(z.string(), z.unknown()),
  /** Where metadata or the last tasks are too long for an answer. */
  is_cut: z.boolean().optional(),
  recurs_with: z.record(z.string(), z.string()).optional(),
});

export function templateEntry(template: Template): z.input<typeof TemplateEntry> {
  const { name, body, parameters, recurrence, updatedAt } = template;
  return {
    name,
    description: body.description.slice(0, answerBudget.listText),
    tasks: body.tasks.length,
    parameters,
    ...(recurrence !== null && { recurrence: recurrenceAnswer(recurrence) }),
    updated_at: updatedAt,
  };
}

export function wholeTemplate(template: Template): z.input<typeof WholeTemplate> {
  const { body, recurrence } = template;
  const { tasks, metadata, ...rest } = body;
  const budget = new Budget(answerBudget.json);
  const shown = {
    ...budget.spend(rest),
    ...(metadata !== undefined && budget.affords(metadata) && { metadata }),
    tasks: budget.firstOf(tasks),
  };
  const isCut = shown.tasks.length < tasks.length || shown.metadata !== metadata;
  const parameters = recurrence?.parameters ?? {};
  return {
    ...templateEntry(template),
    body: shown,
    ...(isCut && { is_cut: true }),
    ...(Object.keys(parameters).length > 0 && budget.affords(parameters) && { recurs_with: parameters }),
  };
}

export function recurrenceAnswer(recurrence: NonNullable<Template['recurrence']>): z.input<typeof RecurrenceAnswer> {
  const { rule, timeZone, startsAt, nextAt, lastGoalId } = recurrence;
  return {
    rule,
    time_zone: timeZone,
    starts_at: startsAt,
    next_at: nextAt,
    ...(lastGoalId !== null && { last_goal_id: lastGoalId }),
  };
}
