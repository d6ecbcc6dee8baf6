import { z } from 'zod';
import type { CriterionRef } from './criteria.ts';
import { readCriterion } from './criterion-text.ts';
import { limits } from './limits.ts';
import { text } from './text.ts';

/** A criterion as callers see it. */
export const Criterion = z.object({
  text: z.string(),
  human: z.boolean().optional(),
  met_by: z.string().optional(),
  met_at: z.string().optional(),
});

const CriterionArgument = z.union([
  text(limits.criterion).transform(readCriterion),
  z
    .strictObject({ text: text(limits.criterion), human: z.boolean().optional() })
    .transform(({ text, human }) => ({ ...readCriterion(text), ...(human !== undefined && { human }) })),
]);

/** The criteria of a task, each once, in the order given. */
export const NewCriteria = z
  .array(CriterionArgument)
  .max(limits.criteria)
  .transform((given) => [...new Map(given.map((each) => [each.text, each])).values()]);

/** Criteria of a task that a call names. */
export const CriterionRefs = z
  .array(z.union([z.int().min(1), text(limits.criterion).transform(readRef)]))
  .max(limits.criteria);

function readRef(line: string): CriterionRef {
  return /^\s*#?\d{1,4}\s*$/.test(line) ? Number(line.replace('#', '')) : readCriterion(line).text;
}
