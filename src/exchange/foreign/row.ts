import { type Criterion, newCriterion } from '../../domain/criteria.ts';
import { writeCriterion } from '../../domain/criterion-text.ts';
import { parseEffort } from '../../domain/effort.ts';
import { type Json, jsonProblem } from '../../domain/json.ts';
import { writeJson } from '../../domain/json-text.ts';
import { limits } from '../../domain/limits.ts';
import type { GoalRow, TaskRow } from '../../legacy/check/types.ts';
import { type TimeZone, utcFrom } from '../../legacy/local-time.ts';
import { type Changes, storable } from '../../legacy/report.ts';
import { numberIn } from '../../store/write-words.ts';
import type { ForeignCriterion, ForeignGoal, ForeignTask } from './plan.ts';

/** A note on a new row, without its number. */
export interface NewNote {
  goal_id: string;
  task_id: string | null;
  /** Undefined for a note of the import itself. */
  actor: string | undefined;
  text: string;
  created_at: string;
}

/** What turns entries into rows have in common. */
export interface Placed {
  zone: TimeZone;
  now: string;
  changes: Changes;
  notes: NewNote[];
}

/** A goal with its place in the tree. */
export interface NewGoalRow extends GoalRow {
  parent_goal_id: string | null;
  total_goals: number;
  open_goals: number;
}

/** A goal without what follows from its parent, its sub-goals and its tasks. */
export function goalRow(goal: ForeignGoal, id: string, placed: Placed): NewGoalRow {
  const kept = [...goal.kept];
  const times = timesOf(goal, { id, placed });
  const target = { goal_id: id, task_id: null };
  const description = describe(goal, { id, target, placed });
  const named = labels(goal.labels ?? [], kept);
  const due_at = endOfDay(goal.due, { id, field: 'due_at', placed }) ?? null;
  addNotes(goal, kept, { id, target, placed });
  return {
    id,
    number: numberIn(id),
    description,
    priority: goal.priority ?? 'medium',
    status: goal.status ?? 'planned',
    repos: [],
    labels: named,
    due_at,
    strict: goal.isStrict ?? false,
    created_at: times.created,
    updated_at: times.updated,
    metadata: {},
    parent_goal_id: null,
    ...{ total_tasks: 0, open_tasks: 0, total_goals: 0, open_goals: 0 },
    exists: false,
  };
}

interface TaskPlace {
  id: string;
  goalId: string;
  dependencies: string[];
  placed: Placed;
}

export function taskRow(task: ForeignTask, { id, goalId, dependencies, placed }: TaskPlace): TaskRow {
  const kept = [...task.kept];
  const target = { goal_id: goalId, task_id: id };
  const times = timesOf(task, { id, placed });
  const completed = timeOf(task.completed, { id, field: 'completed_at', placed });
  if (task.status !== 'completed' && task.completed !== undefined) kept.push(`completed: ${task.completed}`);
  const { status, defer_until } = deferral(task, { id, kept, placed });
  const row: TaskRow = {
    id,
    number: numberIn(id),
    goal_id: goalId,
    description: describe(task, { id, target, placed }),
    type: short('type', task.type, kept) ?? 'general',
    status,
    priority: task.priority ?? 'medium',
    repo: short('repo', task.repo, kept),
    jira_ticket: short('ticket', task.ticket, kept),
    estimated_effort: effort(task.effort, kept),
    assigned_tools: tools(task.tools ?? [], kept),
    labels: labels(task.labels ?? [], kept),
    criteria: criteria(task.criteria ?? [], { kept, metAt: times.updated }),
    due_at: endOfDay(task.due, { id, field: 'due_at', placed }) ?? null,
    waived: task.waived ?? false,
    defer_until,
    created_at: times.created,
    updated_at: times.updated,
    completed_at: task.status === 'completed' ? (completed ?? times.updated) : null,
    result: result(task.result, kept),
    dependencies,
    open_dependencies: 0,
    parked: false,
    exists: false,
  };
  addNotes(task, kept, { id, target, placed });
  return row;
}

/**
 * A deferral that ended is none: the task is pending. One with a time and another status (Taskwarrior defers what is
 * started, too) is told in a note.
 */
function deferral(task: ForeignTask, { id, kept, placed }: { id: string; kept: string[]; placed: Placed }) {
  const until = timeOf(task.deferredUntil, { id, field: 'defer_until', placed });
  const isOver = until !== undefined && until <= placed.now;
  const isDeferred = task.status === 'deferred' || (task.status === 'pending' && until !== undefined);
  if (!isDeferred || isOver) {
    if (until !== undefined) kept.push(`deferred until: ${task.deferredUntil}`);
    return { status: isDeferred ? ('pending' as const) : task.status, defer_until: null };
  }
  return { status: 'deferred' as const, defer_until: until ?? null };
}

/** What is due on a day is due when the day ends. */
function endOfDay(text: string | undefined, place: TimePlace): string | undefined {
  const isDay = text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text.trim());
  return timeOf(isDay ? `${text.trim()}T23:59:59` : text, place);
}

interface Target {
  id: string;
  target: Pick<NewNote, 'goal_id' | 'task_id'>;
  placed: Placed;
}

/** The description, or as much of it as one may have; the rest goes into notes. */
function describe(entry: ForeignGoal | ForeignTask, { id, target, placed }: Target): string {
  for (const { kind, field, message, verbatim } of entry.told)
    placed.changes.add(kind, id, message, { field, verbatim });
  const text = storable(entry.description);
  if (text.trim() === '') {
    placed.changes.add('missing_field', id, 'it had no text', { field: 'description' });
    return '(no description)';
  }
  if (text !== entry.description) placed.changes.add('text', id, 'characters that cannot be stored are now U+FFFD');
  const [first = '', ...rest] = pieces(text, limits.description);
  if (rest.length > 0) {
    const message = `the description had ${text.length} characters; what is over ${limits.description} is in notes`;
    placed.changes.add('over_limit', id, message, { field: 'description' });
  }
  for (const piece of rest) {
    placed.notes.push({ ...target, actor: undefined, text: piece, created_at: placed.now });
  }
  return first;
}

function addNotes(entry: ForeignGoal | ForeignTask, kept: readonly string[], { id, target, placed }: Target): void {
  for (const { text, actor, at } of entry.notes) {
    const created_at = timeOf(at, { id, field: 'note', placed }) ?? placed.now;
    for (const piece of pieces(storable(text).trim(), limits.note)) {
      placed.notes.push({ ...target, actor: actorOf(actor), text: piece, created_at });
    }
  }
  if (kept.length === 0) return;
  const text = [`Imported from ${entry.id}, with`, ...kept.map(storable)].join('\n');
  for (const piece of pieces(text, limits.note)) {
    placed.notes.push({ ...target, actor: undefined, text: piece, created_at: placed.now });
  }
}

function actorOf(actor: string | undefined): string | undefined {
  const name = actor === undefined ? '' : storable(actor).trim().slice(0, limits.shortText);
  return name === '' ? undefined : name;
}

/** Text in pieces of at most `most` characters, none of which splits a character. */
function pieces(text: string, most: number): string[] {
  const all: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const piece = rest.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
    if (piece.trim() !== '') all.push(piece);
    rest = rest.slice(piece.length);
  }
  return all;
}

function short(name: string, text: string | undefined, kept: string[]): string | null {
  const value = storable(text ?? '').trim();
  if (value.length <= limits.shortText) return value === '' ? null : value;
  kept.push(`${name}: ${value}`);
  return null;
}

function effort(text: string | undefined, kept: string[]): string | null {
  if (text === undefined || text.trim() === '') return null;
  if (parseEffort(text) !== undefined) return text.trim();
  kept.push(`effort: ${text}`);
  return null;
}

function tools(names: readonly string[], kept: string[]): string[] {
  const fits = names.flatMap((name) => short('tool', name, kept) ?? []);
  for (const name of fits.slice(limits.listEntries)) kept.push(`tool: ${name}`);
  return fits.slice(0, limits.listEntries);
}

function labels(names: readonly string[], kept: string[]): string[] {
  const all = [...new Set(names.map((name) => storable(name).trim()))].filter((name) => name !== '');
  const fits = all.filter((name) => name.length <= limits.label).slice(0, limits.labels);
  for (const name of all) if (!fits.includes(name)) kept.push(`label: ${name}`);
  return fits;
}

/** What was met in another tool is met here, by the import. */
function criteria(given: readonly ForeignCriterion[], { kept, metAt }: { kept: string[]; metAt: string }): Criterion[] {
  const all = [...new Map(given.map((each) => [each.text, each])).values()].filter(({ text }) => text.trim() !== '');
  const fits = all.filter(({ text }) => storable(text) === text && text.length <= limits.criterion);
  for (const each of all) {
    if (!fits.slice(0, limits.criteria).includes(each)) kept.push(`criterion: ${writeCriterion(each)}`);
  }
  return fits.slice(0, limits.criteria).map(({ isMet, ...each }) => ({
    ...newCriterion(each),
    ...(isMet && { met_by: 'import', met_at: metAt }),
  }));
}

function result(value: Json | undefined, kept: string[]): Json {
  if (value === undefined || value === null) return null;
  if (jsonProblem(value) === undefined) return value;
  kept.push(`result: ${writeJson(value)}`);
  return null;
}

interface TimePlace {
  id: string;
  field: string;
  placed: Placed;
}

/** The instant in UTC; undefined where there is none, or none that can be read, which is told. */
function timeOf(text: string | undefined, { id, field, placed }: TimePlace): string | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const utc = utcFrom(text, placed.zone);
  if (utc === undefined) {
    placed.changes.add('timestamp', id, `${JSON.stringify(text)} is no time`, { field, verbatim: text });
  }
  return utc;
}

function timesOf({ created, updated }: ForeignGoal | ForeignTask, { id, placed }: Omit<TimePlace, 'field'>) {
  const [first, last] = [
    timeOf(created, { id, field: 'created_at', placed }),
    timeOf(updated, { id, field: 'updated_at', placed }),
  ];
  const start = first ?? last ?? placed.now;
  return { created: start, updated: last ?? start };
}
