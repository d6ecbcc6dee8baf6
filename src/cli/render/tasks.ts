import type { Json } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import type { Note } from '../../domain/note.ts';
import { named, oneLine } from '../../domain/stored-text.ts';
import type { Task } from '../../domain/task.ts';
import { ago, facts, heading, notesLines } from './details.ts';
import type { Look } from './look.ts';
import { prioritySign, priorityWords, statusWords, taskSign } from './status.ts';
import { type Cell, type Column, table } from './table.ts';
import { cut, wrapped } from './text.ts';
import { clock, timeLeft } from './time.ts';

/** A task of a list: what is empty may be left out. */
export interface TaskRow {
  id: string;
  goal_id?: string | undefined;
  description: string;
  status: string;
  priority?: string | undefined;
  estimated_effort?: string | null | undefined;
  claimed_by?: string | null | undefined;
  lease_expires_at?: string | null | undefined;
  completed_at?: string | null | undefined;
  updated_at?: string | undefined;
  defer_until?: string | null | undefined;
  result?: Json | undefined;
  /** What it waits for, where that is known. */
  waitsFor?: string[] | undefined;
  isCritical?: boolean | undefined;
  /** Of a task that was just claimed: what others left behind. */
  hand_over?: HandOver | undefined;
}

interface HandOver {
  last_attempt?: { agent: string; ended: string; at: string; reason?: string } | undefined;
  results?: { task_id: string; result: string }[] | undefined;
  notes?: { actor: string; text: string }[] | undefined;
  criteria?: { text: string; human?: boolean; met_by?: string }[] | undefined;
}

/** What a claimed task comes with, a line each. */
export function handOverLines({ hand_over = {} }: TaskRow, shownAs: Look): string[] {
  const { last_attempt: last, results = [], notes = [], criteria = [] } = hand_over;
  const reason = last?.reason === undefined ? '' : `: ${oneLine(last.reason, longestHandedOver)}`;
  return [
    ...(last === undefined ? [] : [`last tried by ${named(last.agent, longestHandedOver)}, ${last.ended}${reason}`]),
    ...results.map(({ task_id, result }) => `${task_id}: ${oneLine(result, longestHandedOver)}`),
    ...notes.map(
      ({ actor, text }) => `note of ${named(actor, longestHandedOver)}: ${oneLine(text, longestHandedOver)}`,
    ),
    ...criteria.map(({ text, human, met_by }, place) => {
      const who =
        met_by === undefined ? (human ? ', which a person meets' : '') : `, met by ${named(met_by, longestHolder)}`;
      return `criterion ${place + 1}: ${oneLine(text, longestHandedOver)}${who}`;
    }),
  ].flatMap((line) => wrapped(line, shownAs));
}

const longestHandedOver = 240;

const columns: Column[] = [
  { keep: true },
  { keep: true },
  { gap: 1 },
  { gap: 1 },
  { flex: true },
  { align: 'right' },
  {},
  {},
];

/** Characters of a description that a line looks at: no terminal is wider. */
const longestText = 500;
const namedInRow = 2;
/** Cells of an agent's name, and of a reason, in a row. */
const longestHolder = 20;
const longestReason = 30;

/** Tasks under each other: ID, sign, priority, text, effort, and who or what there is to know. */
export function taskTable(tasks: TaskRow[], look: Look, { withGoals = false } = {}): string[] {
  const rows = tasks.map((task): Cell[] => [
    task.id,
    taskSign(standingOf(task), look),
    prioritySign(task.priority ?? 'medium', look),
    task.isCritical ? { text: look.signs.critical, paint: look.colours.accent } : '',
    described(task, look),
    oneLine(task.estimated_effort ?? '', 12),
    { text: infoOf(task), paint: infoPaint(task, look) },
    { text: withGoals ? (task.goal_id ?? '') : '', paint: look.colours.muted },
  ]);
  return table(rows, columns, look);
}

export function standingOf(task: TaskRow) {
  return {
    status: task.status,
    priority: task.priority ?? 'medium',
    waits: task.status === 'pending' && (task.waitsFor?.length ?? 0) > 0,
  };
}

function described({ description, status }: TaskRow, { colours }: Look): Cell {
  const text = oneLine(description, longestText);
  return status === 'completed' ? { text, paint: colours.muted } : text;
}

/** Who holds a task, what it waits for, until when it is put off, why it is stuck, or when it was completed. */
export function infoOf(task: TaskRow): string {
  const { status, claimed_by, lease_expires_at, completed_at, updated_at, defer_until, result } = task;
  if (claimed_by) {
    const left = lease_expires_at ? `, ${timeLeft(lease_expires_at)}` : '';
    return `${named(claimed_by, longestHolder)}${left}`;
  }
  if (status === 'in_progress') return updated_at === undefined ? '' : `since ${ago(updated_at)}`;
  if (status === 'pending') return waitsText(task.waitsFor);
  if (status === 'completed') return completed_at ? ago(completed_at) : '';
  if (defer_until) return `until ${clock(defer_until)}`;
  return typeof result === 'string'
    ? oneLine(result, longestReason)
    : updated_at === undefined
      ? status
      : ago(updated_at);
}

/** The same in a few cells, for a card. */
export function shortInfoOf(task: TaskRow): string {
  if (task.claimed_by) return named(task.claimed_by, longestHolder);
  const waits = task.waitsFor?.length ?? 0;
  return task.status === 'pending' && waits > 0 ? `waits for ${waits}` : oneLine(infoOf(task), 20);
}

function waitsText(waitsFor: string[] = []): string {
  if (waitsFor.length === 0) return '';
  if (waitsFor.length <= namedInRow) return `waits for ${waitsFor.join(', ')}`;
  return `waits for ${waitsFor[0]} and ${waitsFor.length - 1} more`;
}

export function infoPaint({ status }: TaskRow, { colours }: Look) {
  if (status === 'failed') return colours.bad;
  if (status === 'blocked') return colours.warning;
  return status === 'in_progress' ? colours.accent : colours.muted;
}

/** A whole task. */
export function taskDetails(
  task: Task & { notes?: Note[]; notes_count?: number; waitsFor?: string[] },
  look: Look,
): string[] {
  const { colours } = look;
  const holder = task.claimed_by ? infoOf(task) : undefined;
  return [
    ...heading(
      [
        colours.strong(task.id),
        statusWords('task', standingOf(task), look),
        priorityWords(task.priority, look),
        colours.muted(task.goal_id),
      ],
      look,
    ),
    ...wrapped(task.description, look),
    '',
    ...facts(
      [
        ['held by', holder],
        ['effort', task.estimated_effort ?? undefined],
        ['labels', task.labels?.join(', ')],
        ['due', task.due_at === undefined ? undefined : dueText(task.due_at)],
        ['deferred', task.defer_until === undefined ? undefined : `until ${clock(task.defer_until)}`],
        ['waived', task.waived ? 'what depends on it goes on without it' : undefined],
        ['depends on', task.dependencies.join(', ')],
        ['waits for', task.waitsFor?.join(', ')],
        ['type', task.type === 'general' ? undefined : task.type],
        ['repo', task.repo ?? undefined],
        ['ticket', task.jira_ticket ?? undefined],
        ['tools', task.assigned_tools.join(', ')],
        ['created', ago(task.created_at)],
        ['changed', task.updated_at === task.created_at ? undefined : ago(task.updated_at)],
        ['completed', task.completed_at === null ? undefined : ago(task.completed_at)],
      ],
      look,
    ),
    ...criteriaSection(task, look),
    ...resultLines(task.result, look),
    ...notesLines(task, look),
  ];
}

/** When something is due, and whether it is late. */
export function dueText(at: string): string {
  return Date.parse(at) < Date.now() ? `${clock(at)}, overdue` : clock(at);
}

/** A task's criteria, a line each: `1 ✓ tests pass  met by ann`. */
export function criteriaLines({ criteria = [] }: Pick<Task, 'criteria'>, look: Look): string[] {
  const { colours } = look;
  return criteria.flatMap(({ text, human, met_by, met_at }, place) => {
    const who =
      met_at === undefined ? (human ? 'a person meets it' : '') : `met by ${named(met_by ?? '', longestHolder)}`;
    const sign = taskSign(
      { status: met_at === undefined ? 'pending' : 'completed', priority: 'medium', waits: false },
      look,
    );
    const shown = typeof sign === 'string' ? sign : sign.paint(sign.text);
    const line = `${place + 1} ${shown} ${oneLine(text, limits.criterion)}`;
    return wrapped(who === '' ? line : `${line}  ${colours.muted(who)}`, look, '    ');
  });
}

function criteriaSection(task: Task, look: Look): string[] {
  const lines = criteriaLines(task, look);
  return lines.length === 0 ? [] : ['', `  ${look.colours.strong('Criteria')}`, ...lines];
}

function resultLines(result: Json, look: Look): string[] {
  if (result === null) return [];
  const text = typeof result === 'string' ? result : JSON.stringify(result, null, 2);
  return ['', `  ${look.colours.strong('Result')}`, ...wrapped(text, look, '    ')];
}

/** The first words of a description, for a question or a sentence. */
export function shortText(description: string, look: Look): string {
  return cut(oneLine(description, longestText), 60, look);
}
