import { z } from 'zod';
import { limits } from './limits.ts';
import { text } from './text.ts';

/** The labels of a goal or task, each once, in the order given. */
export const Labels = z
  .array(text(limits.label).transform((label) => label.trim()))
  .max(limits.labels)
  .transform((labels) => [...new Set(labels)].filter((label) => label !== ''));

/** All of these are wanted; none named says nothing, since some clients fill in every argument. */
export const LabelFilter = Labels.transform((labels) => (labels.length === 0 ? undefined : labels)).optional();
