import { writeJson } from '../../domain/json-text.ts';
import type { PlanRows } from './read-plan.ts';

/** A line for each goal, task and note: `{"goal": {…}}`, `{"task": {…}}`, `{"note": {…}}`; goals first, then tasks. */
export function* jsonLinesOf({ goals, tasks, notes }: PlanRows): Iterable<string> {
  for (const { number: _, ...goal } of goals) yield `${writeJson({ goal })}\n`;
  for (const { number: _, ...task } of tasks) yield `${writeJson({ task })}\n`;
  for (const note of notes) yield `${writeJson({ note })}\n`;
}
