import { type Criterion, describeCriteriaChange } from './criteria.ts';
import { longestName, named, oneLine, quoted } from './stored-text.ts';

/** The parts of a line of history. Times are ISO 8601 in UTC. */
export interface HistoryEvent {
  seq: number;
  operation: number;
  at: string;
  actor: string;
  action: string;
  /** Empty for a named resource and a template, which are of no goal. */
  goal_id: string;
  task_id: string | null;
  /** For an undo: the operations that it took back on this row. */
  undoes: number[] | null;
  /** Whether there was a row before it, and after it. */
  was: boolean;
  is_there: boolean;
  /** The goal that a new goal was made under. */
  parent?: string | null;
  /** The start of a description or a note. */
  subject: string | null;
  /** For each changed column: its text before and after, cut. */
  changes: Record<string, [string | null, string | null]>;
}

/** A short value is shown before and after. For a long value the line only says that it changed. */
const shownWhole = new Set([
  'status',
  'priority',
  'goal_id',
  'type',
  'repo',
  'jira_ticket',
  'estimated_effort',
  'labels',
  'due_at',
  'strict',
  'defer_until',
  'waived',
  'claimed_by',
  'dependencies',
]);
const longestValue = 60;
const longestSubject = 80;
const shownOperations = 3;

/** `2026-11-23T10:42:00Z claude-a1b2 TASK-0003 status pending → completed, result set`: always one line. */
export function historyLine(event: HistoryEvent): string {
  const time = `${event.at.slice(0, 19)}Z`;
  return `${time} ${named(event.actor, longestName)} ${subjectOf(event)} ${whatHappened(event)}`;
}

const ofTemplate = 'template_';

/** What has no ID stands under a word. */
function subjectOf({ goal_id, task_id, action }: HistoryEvent): string {
  if (goal_id !== '') return task_id ?? goal_id;
  return action.startsWith(ofTemplate) ? 'template' : 'resource';
}

const line = /^(\S+Z) ("(?:\\.|[^"\\])*"|\S+) ((?:GOAL|TASK)-\d+|resource|template) (.*)$/s;

/** The parts of a line that `historyLine` wrote; undefined for any other text. */
export function readHistoryLine(text: string): { at: string; actor: string; id: string; what: string } | undefined {
  const [, at, name = '', id, what] = line.exec(text) ?? [];
  if (at === undefined || id === undefined || what === undefined) return undefined;
  const actor = name.startsWith('"') ? name.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : name;
  return { at, actor, id, what };
}

/** The part of a line of history after the ID: `status pending → completed, result set`. */
export function whatHappened(event: HistoryEvent): string {
  const { action, subject, goal_id } = event;
  const what = subject === null ? '' : ` ${quoted(subject, longestSubject)}`;
  if (event.undoes !== null) return `${tookBack(event.undoes)}: ${whatCameBack(event, what)}`;
  if (goal_id === '') return `${action.replace(ofTemplate, '').replaceAll('_', ' ')}${what}`;
  if (action === 'noted') return `noted${what}`;
  if (action === 'created') return `created${placeOf(event)}${what}`;
  if (action === 'deleted') return `deleted${what}`;
  const words = action.replaceAll('_', ' ');
  const list = listOf(event.changes);
  if (list === '') return words;
  return action === 'updated' ? list : `${words}: ${list}`;
}

/** Operations by their numbers, which get_history shows beside each event. */
function tookBack(operations: number[]): string {
  const shown = operations.slice(0, shownOperations).join(', ');
  return `undid ${operations.length > shownOperations ? `${shown} and ${operations.length - shownOperations} more` : shown}`;
}

function whatCameBack({ action, was, is_there, changes }: HistoryEvent, subject: string): string {
  const what = action === 'note_undone' ? `note${subject}` : subject.trimStart();
  if (was && is_there) return listOf(changes) || 'nothing is left to change';
  if (was) return `${what} is gone again`;
  return is_there ? `${what} is back` : 'it came and went';
}

function listOf(changes: HistoryEvent['changes']): string {
  return Object.entries(changes)
    .toSorted(([a], [b]) => weightOf(a) - weightOf(b))
    .map(([name, [before, after]]) => describeChange(name, before, after))
    .join(', ');
}

/** Where something new was made. */
function placeOf({ task_id, goal_id, parent }: HistoryEvent): string {
  if (task_id !== null) return ` in ${goal_id}`;
  return parent == null ? '' : ` under ${parent}`;
}

/** The fields that a reader looks for come first. */
function weightOf(name: string): number {
  if (name === 'status') return 0;
  if (name === 'parent_goal_id') return 1;
  return shownWhole.has(name) || name === 'criteria' ? 1 : 2;
}

function describeChange(name: string, before: string | null, after: string | null): string {
  if (name === 'parent_goal_id') return describeMove(before, after);
  if (name === 'criteria') return describeCriteria(before, after);
  if (name === 'dependencies') return `${name} ${shownIds(before)} → ${shownIds(after)}`;
  if (shownWhole.has(name)) return `${name} ${shown(before)} → ${shown(after)}`;
  if (before === null) return `${name} set`;
  return after === null ? `${name} removed` : `${name} changed`;
}

/** The lists are whole. */
function describeCriteria(before: string | null, after: string | null): string {
  return describeCriteriaChange(criteriaIn(before), criteriaIn(after)).join(', ');
}

function criteriaIn(list: string | null): Criterion[] {
  return list === null ? [] : (JSON.parse(list) as Criterion[]);
}

/** `moved under GOAL-0002 "Ship 3.0"`: a parent comes with its description. */
function describeMove(before: string | null, after: string | null): string {
  const [from, to] = [before, after].map((parent) => {
    const [id = '', ...words] = (parent ?? '').split(' ');
    return words.length === 0 ? id : `${id} ${quoted(words.join(' '), longestValue)}`;
  });
  if (!from) return `moved under ${to}`;
  return to ? `moved from ${from} under ${to}` : `moved out of ${from}`;
}

function shown(text: string | null): string {
  return text === null ? 'none' : named(text, longestValue);
}

/** The start of a JSON list of IDs, which may be cut anywhere. */
function shownIds(list: string | null): string {
  const ids = oneLine((list ?? '').replaceAll(/[[\]"]/g, ''), longestValue);
  return ids === '' ? 'none' : ids;
}
