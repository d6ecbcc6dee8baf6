import { z } from 'zod';
import { Goal } from '../domain/goal.ts';
import type { Json } from '../domain/json.ts';
import { answerBudget } from '../domain/limits.ts';
import { Task } from '../domain/task.ts';
import type { ListedGoal } from '../service/goals.ts';
import type { ListedTask } from '../service/tasks.ts';

// What is stored may be long; an answer may not. Each answer spends one budget: what does not fit is cut, and the full
// length stands beside it.

/** The characters of JSON that an answer has left. */
export class Budget {
  left: number;

  constructor(total: number = answerBudget.total) {
    this.left = total;
  }

  /** Spends what this value costs if there is enough, and says whether there was. */
  affords(value: unknown): boolean {
    const cost = JSON.stringify(value).length + 1;
    if (cost > this.left) return false;
    this.left -= cost;
    return true;
  }

  /** As many of these, from the first, as fit. */
  firstOf<T>(values: readonly T[]): T[] {
    const end = values.findIndex((value) => !this.affords(value));
    return end === -1 ? [...values] : values.slice(0, end);
  }
}

export const Persistence = z.object({
  database: z.literal('PostgreSQL'),
  cache_enabled: z.boolean(),
  message: z.string(),
});

export const GoalAnswer = Goal.extend({ metadata_length: z.number().int().optional() });
export const TaskAnswer = Task.extend({ result_length: z.number().int().optional() });
export const GoalEntry = Goal.extend({
  metadata: Goal.shape.metadata.nullable(),
  description_length: z.number().int().optional(),
  metadata_length: z.number().int().optional(),
});
export const TaskEntry = TaskAnswer.extend({ description_length: z.number().int().optional() });

export function persistence(cacheEnabled: boolean, message: string): z.infer<typeof Persistence> {
  return { database: 'PostgreSQL', cache_enabled: cacheEnabled, message };
}

/** One goal as its caller sees it: metadata and task IDs as far as they fit. */
export function goalAnswer(goal: Goal, budget: Budget): z.infer<typeof GoalAnswer> {
  const { tasks, metadata, ...fields } = goal;
  budget.affords(fields);
  const all = JSON.stringify(metadata).length;
  const shown = all <= Math.min(answerBudget.json, budget.left) ? metadata : entriesThatFit(metadata, budget.left / 2);
  budget.affords(shown);
  const ids = new Budget(budget.left / 2).firstOf(tasks);
  budget.affords(ids);
  return { ...fields, tasks: ids, metadata: shown, ...(shown !== metadata && { metadata_length: all }) };
}

/** One task as its caller sees it: its result as far as it fits. */
export function taskAnswer(task: Task, budget: Budget): z.infer<typeof TaskAnswer> {
  const { result, ...fields } = task;
  budget.affords(fields);
  const json = JSON.stringify(result);
  const room = Math.max(0, Math.min(answerBudget.json, budget.left));
  if (json.length <= room) {
    budget.affords(result);
    return { ...fields, result };
  }
  const start = cutToCost(json, room);
  budget.affords(start);
  return { ...fields, result: start, result_length: json.length };
}

/** A goal in a list. */
export function goalEntry({
  number: _,
  description_length,
  metadata_length,
  ...goal
}: ListedGoal): z.infer<typeof GoalEntry> {
  return {
    ...goal,
    description: ellipsis(goal.description, description_length),
    ...(description_length > answerBudget.listText && { description_length }),
    ...(goal.metadata === null && { metadata_length }),
  };
}

/** A task in a list. */
export function taskEntry({
  description_length,
  result_start,
  result_length,
  ...task
}: ListedTask): z.infer<typeof TaskEntry> {
  return {
    ...task,
    description: ellipsis(task.description, description_length),
    ...(description_length > answerBudget.listText && { description_length }),
    ...(result_start !== null && { result: `${result_start}…`, result_length }),
  };
}

function ellipsis(text: string, fullLength: number): string {
  return fullLength > answerBudget.listText ? `${text}…` : text;
}

function entriesThatFit(metadata: { [key: string]: Json }, room: number): { [key: string]: Json } {
  const budget = new Budget(room);
  return Object.fromEntries(Object.entries(metadata).filter((entry) => budget.affords(entry)));
}

/** The start of a text whose JSON takes at most `room` characters: quotes and backslashes cost two. */
function cutToCost(text: string, room: number): string {
  const share = Math.floor(text.length * Math.min(1, room / JSON.stringify(text).length));
  let end = Math.max(0, share - 2);
  while (end > 0 && JSON.stringify(text.slice(0, end)).length > room) end = Math.floor(end * 0.9);
  return `${text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
