import { z } from 'zod';
import { Goal } from '../../domain/goal.ts';
import type { Json } from '../../domain/json.ts';
import { writeJson } from '../../domain/json-text.ts';
import { answerBudget } from '../../domain/limits.ts';
import { Note } from '../../domain/note.ts';
import { answerJson } from '../../domain/stored-text.ts';
import { Task } from '../../domain/task.ts';
import type { ListedGoal } from '../../service/list-goals.ts';
import type { NotePage } from '../../service/notes.ts';
import type { ListedTask } from '../../service/tasks.ts';
import { unlisted } from '../define/listed-schema.ts';

// What is stored may be long; an answer may not. Each answer spends one budget: what does not fit is cut, and the full
// length stands beside it.

/** Characters of JSON that a task's tools or a goal's repositories take: they are short, unless somebody fills them up. */
const shortListRoom = 1_000;

/** The share of what is left that one long field may take, so that a long one leaves room for those after it. */
const longFieldShare = 0.6;

/** The characters of JSON that an answer has left. */
export class Budget {
  left: number;

  constructor(total: number = answerBudget.total) {
    this.left = total;
  }

  /** Spends what this value costs if there is enough, and says whether there was. */
  affords(value: unknown): boolean {
    const cost = costOf(value);
    if (cost > this.left) return false;
    this.left -= cost;
    return true;
  }

  /** For what is shown in any case: gives it back. */
  spend<T>(value: T): T {
    this.left = Math.max(0, this.left - costOf(value));
    return value;
  }

  /** As many of these, from the first, as fit. */
  firstOf<T>(values: readonly T[]): T[] {
    if (this.affords(values)) return [...values];
    const end = values.findIndex((value) => !this.affords(value));
    return end === -1 ? [...values] : values.slice(0, end);
  }

  /** The room of one long field. */
  longField(): number {
    return Math.floor(Math.min(answerBudget.json, this.left * longFieldShare));
  }
}

export const Persistence = z.object({
  database: z.literal('PostgreSQL'),
  cache_enabled: z.boolean(),
  message: z.string(),
});

/** How much there is of what is shown in part; left out where it is shown whole. */
const goalLengths = {
  description_length: z.number().int().optional(),
  metadata_length: z.number().int().optional(),
  repos_count: z.number().int().optional(),
};
const taskLengths = {
  description_length: z.number().int().optional(),
  result_length: z.number().int().optional(),
  assigned_tools_count: z.number().int().optional(),
};

export const GoalAnswer = Goal.extend(goalLengths);
export const TaskAnswer = Task.extend(taskLengths);
/** How far a goal is with all goals below it: of one that has sub-goals. */
export const WholeAnswer = z.object({ goals: z.number().int(), total: z.number().int(), completed: z.number().int() });
export const GoalEntry = Goal.extend({
  metadata: Goal.shape.metadata.nullable(),
  whole: unlisted(WholeAnswer.optional()),
  ...goalLengths,
});
export const TaskEntry = TaskAnswer;

/** The newest notes of what is shown, and how many there are where those are not all. Left out where there are none. */
export const notesShape = { notes: z.array(Note).optional(), notes_count: z.number().int().optional() };

/** Characters of JSON that the notes of what is shown may take. */
const notesRoom = 3_000;
/** Of one of them: 500 characters may take six times as many in JSON. */
const noteRoom = 700;

export function notesAnswer({ notes, total }: NotePage, budget: Budget) {
  if (total === 0) return {};
  const room = new Budget(Math.min(notesRoom, budget.left));
  const shown = budget.spend(room.firstOf(notes.map((note) => ({ ...note, text: cutText(note.text, noteRoom) }))));
  return { notes: shown, ...(shown.length < total && { notes_count: total }) };
}

export function persistence(cacheEnabled: boolean, message: string): z.infer<typeof Persistence> {
  return { database: 'PostgreSQL', cache_enabled: cacheEnabled, message };
}

/** One goal as its caller sees it: description, metadata and task IDs as far as they fit. */
export function goalAnswer(goal: Goal, budget: Budget): z.infer<typeof GoalAnswer> {
  const { description, repos, tasks, metadata, ...fields } = goal;
  budget.spend(fields);
  const text = budget.spend(cutText(description, budget.longField()));
  const shownRepos = budget.spend(shortList(repos));
  const room = budget.longField();
  const shown = budget.spend(lengthOf(metadata) <= room ? metadata : entriesThatFit(metadata, room));
  const ids = budget.spend(new Budget(budget.left / 2).firstOf(tasks));
  return {
    ...goal,
    description: text,
    ...(text !== description && { description_length: description.length }),
    repos: shownRepos,
    ...(shownRepos.length < repos.length && { repos_count: repos.length }),
    tasks: ids,
    metadata: shown,
    ...(shown !== metadata && { metadata_length: writeJson(metadata).length }),
  };
}

/** One task as its caller sees it: description and result as far as they fit. */
export function taskAnswer(task: Task, budget: Budget): z.infer<typeof TaskAnswer> {
  const { description, assigned_tools, result, ...fields } = task;
  budget.spend(fields);
  const text = budget.spend(cutText(description, budget.longField()));
  const tools = budget.spend(shortList(assigned_tools));
  const json = writeJson(result);
  const isWhole = lengthOf(result) <= Math.min(answerBudget.json, budget.left);
  const shown = budget.spend(isWhole ? result : cutText(json, Math.min(answerBudget.json, budget.left)));
  return {
    ...task,
    description: text,
    ...(text !== description && { description_length: description.length }),
    assigned_tools: tools,
    ...(tools.length < assigned_tools.length && { assigned_tools_count: assigned_tools.length }),
    result: shown,
    ...(!isWhole && { result_length: json.length }),
  };
}

/** A goal in a list. */
export function goalEntry({
  number: _,
  description_length,
  metadata_length,
  ...goal
}: ListedGoal): z.infer<typeof GoalEntry> {
  const repos = shortList(goal.repos);
  return {
    ...goal,
    description: ellipsis(goal.description, description_length),
    ...(description_length > answerBudget.listText && { description_length }),
    repos,
    ...(repos.length < goal.repos.length && { repos_count: goal.repos.length }),
    ...(goal.metadata === null && { metadata_length }),
  };
}

/** A task in a list. */
export function taskEntry(listed: ListedTask): z.infer<typeof TaskEntry> {
  const tools = shortList(listed.assigned_tools);
  const isWhole = listed.cut === undefined && tools.length === listed.assigned_tools.length;
  return isWhole ? listed : cutEntry(listed, tools);
}

function cutEntry({ cut, ...task }: ListedTask, tools: string[]): z.infer<typeof TaskEntry> {
  const { description_length = 0, result_start = null, result_length } = cut ?? {};
  return {
    ...task,
    description: ellipsis(task.description, description_length),
    ...(description_length > answerBudget.listText && { description_length }),
    assigned_tools: tools,
    ...(tools.length < task.assigned_tools.length && { assigned_tools_count: task.assigned_tools.length }),
    ...(result_start !== null && { result: `${result_start}…`, result_length }),
  };
}

/** Without the fields that hold nothing: null, or an empty list. */
export function withoutEmpty<T extends object>(entry: T): Partial<T> {
  const says = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => says(value))) as Partial<T>;
}

/** The start of a text, with an ellipsis, whose JSON takes at most `room` characters; the text itself where that fits. */
export function cutText(text: string, room: number): string {
  const cost = lengthOf(text);
  if (cost <= room) return text;
  let end = Math.max(0, Math.floor(text.length * (room / cost)) - 3);
  while (end > 0 && lengthOf(text.slice(0, end)) + 1 > room) end = Math.floor(end * 0.9);
  return `${text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function ellipsis(text: string, fullLength: number): string {
  return fullLength > answerBudget.listText ? `${text}…` : text;
}

function shortList(values: string[]): string[] {
  return new Budget(shortListRoom).firstOf(values);
}

function entriesThatFit(metadata: { [key: string]: Json }, room: number): { [key: string]: Json } {
  const budget = new Budget(room);
  return Object.fromEntries(Object.entries(metadata).filter((entry) => budget.affords(entry)));
}

/** With the comma that follows it. */
function costOf(value: unknown): number {
  return lengthOf(value) + 1;
}

/** Characters of JSON, as a client gets it. */
function lengthOf(value: unknown): number {
  return answerJson(value).length;
}
