import { z } from 'zod';
import { Parameters, templateLimits } from '../domain/templates.ts';
import { text } from '../domain/text.ts';
import { DeferUntil } from '../domain/when.ts';
import { setRecurrence } from '../service/templates/templates.ts';
import { RecurrenceAnswer, recurrenceAnswer, TemplateName } from './answers/template-answers.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { anyObject } from './define/input.ts';
import { listedAsText } from './define/listed-schema.ts';

export const recurTemplate = defineTool({
  name: 'recur_template',
  description:
    'Have the goal of a template come back by a rule, until rule is empty. It is made when somebody looks after its time; after a pause once.',
  input: z.strictObject({
    name: TemplateName,
    rule: listedAsText(
      z.union([text(templateLimits.rule), z.literal(''), z.null()]),
      'cron "0 9 * * MON", or RRULE "FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9;BYMINUTE=0"',
    ),
    time_zone: text(60).default('UTC').describe('Europe/Berlin'),
    starts_at: DeferUntil.optional(),
    parameters: listedAsText(anyObject(Parameters).default({}), 'JSON'),
  }),
  output: z.object({ name: z.string(), recurrence: RecurrenceAnswer.nullable() }),
  hints: sets,
  async run(context, { name, rule, time_zone: timeZone, starts_at: startsAt, parameters }) {
    const wanted = rule === null || rule === '' ? null : { rule, timeZone, startsAt, parameters };
    const { recurrence } = await setRecurrence(await context.open(), name, wanted);
    return { name, recurrence: recurrence && recurrenceAnswer(recurrence) };
  },
});
