import { readMarked } from '../../domain/criterion-text.ts';
import { limits } from '../../domain/limits.ts';
import type { ForeignCriterion, ForeignTask } from './plan.ts';

/** `- a decision`, `2. a table` */
const item = /^\s*(?:[-*+]|\d+[.)])\s+(?=\S)/;

/**
 * The criteria in a text that says when a task is done: a line, or a list of which each item is one. A text of another form, or
 * one with a criterion that is too long, stays text: it is part of the description then. What is done has met them.
 */
export function criteriaInText(
  text: string | undefined,
  status: ForeignTask['status'],
): { criteria: ForeignCriterion[]; text: string | undefined } {
  const lines = (text ?? '').split('\n').filter((line) => line.trim() !== '');
  const isList = lines.length === 1 || lines.every((line) => item.test(line));
  const criteria = lines.map((line): ForeignCriterion => {
    const { isMet, ...criterion } = readMarked(line.replace(item, ''));
    return { ...criterion, isMet: isMet || status === 'completed' };
  });
  const fits = criteria.length <= limits.criteria && criteria.every((each) => each.text.length <= limits.criterion);
  return isList && fits ? { criteria, text: undefined } : { criteria: [], text };
}
