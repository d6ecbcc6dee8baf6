import { z } from 'zod';
import { GoalAgentError } from './errors.ts';
import { NewGoal } from './goal.ts';
import { type Json, StorableJsonObject } from './json.ts';
import { Priority } from './priority.ts';
import { resolveSubtaskDependencies, type Subtask, subtaskFields } from './subtasks.ts';
import { text, unstorable } from './text.ts';

// A template is a goal and its tasks as callers give them, in whose texts {{name}} stands for what is given later.

/** The sizes of templates. */
export const templateLimits = { tasks: 200, parameters: 50, value: 1_000, rule: 200 } as const;

/** Times stay as they were written: `3d` counts from the day on which the template is applied. */
const TemplateTask = z.strictObject({
  description: subtaskFields.description,
  type: subtaskFields.type.optional(),
  priority: subtaskFields.priority.optional(),
  dependencies: subtaskFields.dependencies.optional(),
  key: subtaskFields.key.optional(),
  estimated_effort: text().optional(),
  repo: text().optional(),
  jira_ticket: text().optional(),
  tools: subtaskFields.tools.optional(),
  labels: subtaskFields.labels.optional(),
  criteria: subtaskFields.criteria.optional(),
  due_at: text().optional(),
  defer_until: text().optional(),
});

export const TemplateBody = z.strictObject({
  description: NewGoal.shape.description,
  priority: Priority.optional(),
  repos: NewGoal.shape.repos.optional(),
  labels: NewGoal.shape.labels,
  due_at: text().optional(),
  strict: NewGoal.shape.strict,
  metadata: NewGoal.shape.metadata.optional(),
  tasks: z.array(TemplateTask).min(1).max(templateLimits.tasks),
});
export type TemplateBody = z.output<typeof TemplateBody>;
export type TemplateTask = z.output<typeof TemplateTask>;

/** What parameters are given: text, which is never read as a parameter again. */
export type Parameters = Record<string, string>;

/** A goal with its tasks, as they are created. */
export interface NewWork {
  goal: NewGoal;
  subtasks: Subtask[];
}

/** The day on which the template is applied, where nothing else is given for it. */
const ownParameter = 'date';
/** Parameters that a message names. */
const shownNames = 20;
const parameterName = '[A-Za-z_][A-Za-z0-9_-]{0,39}';
const placeholder = new RegExp(String.raw`\{\{\s*(${parameterName})\s*\}\}`, 'g');
const isName = new RegExp(`^${parameterName}$`);
/** A key and a dependency name tasks, and a priority is one of a few words: what stands there is no text. */
const withoutPlaceholders: ReadonlySet<string> = new Set(['key', 'dependencies', 'priority']);

/** The values that a template's parameters get. */
export const Parameters = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value)),
  )
  .check((context) => {
    const problem = parametersProblem(Object.entries(context.value));
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });

function parametersProblem(entries: [string, string][]): string | undefined {
  if (entries.length > templateLimits.parameters) return `has more than ${templateLimits.parameters} parameters`;
  const wrong = entries.filter(([name]) => !isName.test(name)).map(([name]) => JSON.stringify(name.slice(0, 40)));
  if (wrong.length > 0) return `names ${listed(wrong)}; a parameter's name has letters, digits, _ and -`;
  const long = entries.find(([, value]) => value.length > templateLimits.value);
  if (long !== undefined) return `gives ${long[0]} ${long[1].length} characters; the limit is ${templateLimits.value}`;
  const bad = entries.find(([, value]) => unstorable(value) !== undefined && !/^[\d.eE+-]+$/.test(value));
  return bad === undefined ? undefined : `gives ${bad[0]} a text that ${unstorable(bad[1])}`;
}

/** The parameters of a template, in alphabetical order: the database does not keep that of the texts. */
export function parametersOf(body: TemplateBody): string[] {
  const names = new Set<string>();
  mapTexts(body, (text) => {
    for (const [, name = ''] of text.matchAll(placeholder)) names.add(name);
    return text;
  });
  return [...names].toSorted();
}

/** The same template, in whose texts each of these values is its parameter: the longest value first. */
export function withParameters(body: TemplateBody, values: Parameters): TemplateBody {
  const found = Object.entries(values)
    .filter(([, value]) => value.trim() !== '')
    .toSorted(([, a], [, b]) => b.length - a.length);
  if (found.length === 0) return body;
  const anyValue = new RegExp(found.map(([, value]) => escaped(value)).join('|'), 'g');
  const nameOf = new Map(found.map(([name, value]) => [value, name]));
  return mapTexts(body, (text) => text.replaceAll(anyValue, (value) => `{{${nameOf.get(value)}}}`));
}

/**
 * What a template makes of these values on this day (`2026-12-01`).
 * @throws GoalAgentError `invalid` for parameters that are missing or unknown, all by name, and for what is no goal or task
 *   then.
 */
export function applied(
  { name, body }: { name: string; body: TemplateBody },
  values: Parameters,
  day: string,
): NewWork {
  refuseParameters(name, parametersOf(body), values);
  const full: Parameters = { [ownParameter]: day, ...values };
  const filled = mapTexts(body, (text) => text.replaceAll(placeholder, (_, each: string) => full[each] ?? ''));
  return workOf(name, filled);
}

/**
 * @throws GoalAgentError `invalid` where the template could never be applied: for a dependency that is no task of it, a cycle, an
 *   effort or a time that nobody can read.
 */
export function refuseBody(name: string, body: TemplateBody): void {
  const foreign = body.tasks.flatMap(({ dependencies = [] }) =>
    dependencies.filter((each) => /^task-?\d+$/i.test(each)),
  );
  if (foreign.length > 0) {
    throw invalid(name, `tasks of a template depend on each other alone, by place (#1) or key, not on ${foreign[0]}`);
  }
  if (parametersOf(body).length > templateLimits.parameters) {
    throw invalid(name, `has more than ${templateLimits.parameters} parameters`);
  }
  const tasks = body.tasks.map((task) => withoutOpen(task, ['estimated_effort', 'due_at', 'defer_until']));
  workOf(name, { ...withoutOpen(body, ['due_at']), tasks });
}

/** Without these fields where what they say is given later. */
function withoutOpen<T extends object>(fields: T, names: (keyof T)[]): T {
  const open = names.filter((each) => String(fields[each] ?? '').search(placeholder) >= 0);
  return Object.fromEntries(Object.entries(fields).filter(([each]) => !open.includes(each as keyof T))) as T; // open ones are optional
}

function refuseParameters(name: string, known: string[], values: Parameters): void {
  const missing = known.filter((each) => each !== ownParameter && !Object.hasOwn(values, each));
  const unknown = Object.keys(values).filter((each) => !known.includes(each));
  if (missing.length === 0 && unknown.length === 0) return;
  const said = [
    ...(missing.length === 0 ? [] : [`needs ${listed(missing)}`]),
    ...(unknown.length === 0 ? [] : [`has no parameter ${listed(unknown)}`]),
  ];
  const all = known.length === 0 ? 'it has no parameters' : `its parameters are ${listed(known)}`;
  throw new GoalAgentError('invalid', `The template ${name} ${said.join(' and ')}; ${all}. Nothing was created.`);
}

/** The first of many: a message has an end. */
function listed(names: string[]): string {
  const shown = names.slice(0, shownNames).join(', ');
  return names.length > shownNames ? `${shown} and ${names.length - shownNames} more` : shown;
}

const Work = NewGoal.extend({
  priority: NewGoal.shape.priority.default('medium'),
  repos: NewGoal.shape.repos.default([]),
  metadata: StorableJsonObject.default({}),
  tasks: z.array(
    TemplateTask.extend({
      type: subtaskFields.type.default('general'),
      priority: subtaskFields.priority.default('medium'),
      dependencies: subtaskFields.dependencies.default([]),
      estimated_effort: subtaskFields.estimated_effort.default(null),
      repo: subtaskFields.repo.default(null),
      jira_ticket: subtaskFields.jira_ticket.default(null),
      tools: subtaskFields.tools.default([]),
      due_at: subtaskFields.due_at.optional(),
      defer_until: subtaskFields.defer_until.optional(),
    }),
  ),
});

function workOf(name: string, body: TemplateBody): NewWork {
  const parsed = Work.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(name, `${issue?.path.join('.')} ${issue?.message}`);
  }
  const { tasks, ...goal } = parsed.data;
  const subtasks = tasks.map((task) => ({ ...task, key: task.key }));
  resolveSubtaskDependencies(subtasks);
  return { goal, subtasks };
}

/** The same structure with each of its texts made anew. Keys stay. */
function mapTexts<T>(value: T, make: (text: string) => string, key = ''): T {
  if (withoutPlaceholders.has(key)) return value;
  // each branch gives back the structure that it got
  if (typeof value === 'string') return make(value) as T;
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, make)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, mapTexts(each as Json, make, name)]),
  ) as T;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

function invalid(name: string, problem: string): GoalAgentError {
  return new GoalAgentError('invalid', `The template ${name}: ${problem}. Nothing was changed.`);
}
