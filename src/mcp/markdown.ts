import { formatEffort } from '../domain/effort.ts';
import type { Json } from '../domain/json.ts';
import { exactNumber, writeJson } from '../domain/json-text.ts';
import type { Task } from '../domain/task.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import type { GoalWithAll } from '../service/goals.ts';
import type { Kin } from '../service/goals-below.ts';
import type { NotePage } from '../service/notes.ts';
import { type ExecutionPlan, type PlanTask, plannedCounts } from '../service/plans.ts';
import type { ListedTask } from '../service/tasks.ts';
import { planWarnings } from '../tools/answers/plan-warnings.ts';
import { codeBlock, codeSpan } from './frames.ts';

/** Tasks that one page lists: past that it says how many more there are. */
const shownTasks = 200;
/** Characters of a description's line in a heading or a list, and of a name. */
const shownLine = 160;
const shownName = 200;

const boxes: Record<TaskStatus, string> = {
  pending: '[ ]',
  in_progress: '[~]',
  completed: '[x]',
  failed: '[!]',
  blocked: '[-]',
  cancelled: '[c]',
  deferred: '[>]',
};
const legend =
  '`[ ]` pending, `[~]` in progress, `[x]` completed, `[!]` failed, `[-]` blocked, `[c]` cancelled, `[>]` deferred';

/** A goal as a page that a person would like to read. */
export function goalMarkdown({ goal, tasks, notes, kin }: GoalWithAll): string {
  const lines = [
    `# ${goal.id}: ${line(goal.description)}`,
    '',
    `**${words(goal.status)}**, ${goal.priority} priority, ${goal.completed_tasks} of ${goal.total_tasks} tasks completed`,
    ...kinLines(kin),
    ...(goal.repos.length > 0 ? [`Repositories: ${names(goal.repos)}`] : []),
    ...rest(goal.description),
    ...subGoalLines(kin),
    '',
    '## Tasks',
    '',
    ...(tasks.length === 0 ? ['None yet.'] : [...tasks.map(taskLine), '', legend]),
    ...more(goal.total_tasks - tasks.length),
    ...notesSection(notes, goal.id),
    ...(Object.keys(goal.metadata).length > 0 ? ['', '## Metadata', '', ...jsonBlock(goal.metadata)] : []),
    '',
    `Created ${goal.created_at}, last changed ${goal.updated_at}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What is above a goal, and how far it is with all that is below it. */
function kinLines(kin: Kin | undefined): string[] {
  if (kin === undefined) return [];
  const { above, whole } = kin;
  const goals = whole?.goals === 1 ? 'goal' : 'goals';
  return [
    ...(above.length > 0
      ? [`Under ${above.map(({ id, description }) => `${id} ${line(description)}`).join(', under ')}`]
      : []),
    ...(whole === undefined
      ? []
      : [`${whole.completed} of ${whole.total} tasks completed with the ${whole.goals} ${goals} below it`]),
  ];
}

function subGoalLines(kin: Kin | undefined): string[] {
  if (kin === undefined || kin.subGoals.length === 0) return [];
  const lines = kin.subGoals.map(
    ({ id, status, completed, total, description }) =>
      `- **${id}** ${words(status)}, ${completed} of ${total}: ${line(description)}`,
  );
  return ['', '## Sub-goals', '', ...lines];
}

export function taskMarkdown(task: Task, notes: NotePage): string {
  const facts: [string, string | null][] = [
    ['Goal', task.goal_id],
    ['Type', name(task.type)],
    ['Depends on', task.dependencies.join(', ') || null],
    ['Effort', name(task.estimated_effort)],
    ['Repository', name(task.repo)],
    ['Ticket', name(task.jira_ticket)],
    ['Tools', names(task.assigned_tools) || null],
    ['Created', task.created_at],
    ['Last changed', task.updated_at],
    ['Completed', task.completed_at],
  ];
  const lines = [
    `# ${task.id}: ${line(task.description)}`,
    '',
    `**${words(task.status)}**, ${task.priority} priority`,
    '',
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${value}`])),
    ...rest(task.description),
    ...(task.result === null ? [] : ['', '## Result', '', ...jsonBlock(task.result)]),
    ...notesSection(notes, task.id),
  ];
  return `${lines.join('\n')}\n`;
}

export function planMarkdown({ goal, tasks, plan }: ExecutionPlan): string {
  const { criticalPath, phases, unblocksMost, waitsFor } = plan;
  const { total, completed } = plannedCounts({ goal, tasks });
  const find = (ids: readonly string[]) => ids.flatMap((id) => tasks.get(id) ?? []);
  let room = shownTasks;
  const phaseLines = phases.flatMap(({ phase, taskIds }) => {
    const shown = find(taskIds.slice(0, Math.max(0, room)));
    room -= taskIds.length;
    if (shown.length === 0) return [];
    const together = taskIds.length > 1 ? `, ${taskIds.length} at the same time` : '';
    return [
      '',
      `## Phase ${phase}${together}`,
      '',
      ...shown.map((task) => planLine(task, { waitsFor: waitsFor.get(task.id), goalId: goal.id })),
    ];
  });
  const left = phases.reduce((sum, each) => sum + each.taskIds.length, 0);
  const lines = [
    `# Plan of ${goal.id}: ${line(goal.description)}`,
    '',
    `${completed} of ${total} tasks completed; ${left} left in ${phases.length} ${phases.length === 1 ? 'phase' : 'phases'}`,
    ...phaseLines,
    ...more(-room),
    ...(criticalPath.taskIds.length > 1
      ? ['', '## Critical path', '', `${arrows(criticalPath.taskIds)}${effort(criticalPath.totalMinutes)}`]
      : []),
    ...(unblocksMost.tasks.length > 0
      ? [
          '',
          '## Unblocks most',
          '',
          ...unblocksMost.tasks.map((each) => `- ${each.taskId}: ${each.directly} directly, ${each.inAll} in all`),
        ]
      : []),
    ...planWarnings(plan).flatMap((warning) => ['', warning]),
  ];
  return `${lines.join('\n')}\n`;
}

function taskLine(task: ListedTask): string {
  const waits = task.dependencies.length > 0 ? ` (after ${task.dependencies.slice(0, 10).join(', ')})` : '';
  return `- ${boxes[task.status]} **${task.id}** ${line(task.description)}${waits}`;
}

/** A task of a goal below the one that is planned says so. */
function planLine(
  task: PlanTask,
  { waitsFor, goalId }: { waitsFor: readonly string[] | undefined; goalId: string },
): string {
  const facts = [
    task.goal_id === goalId ? null : `in ${task.goal_id}`,
    name(task.estimated_effort),
    task.priority === 'medium' ? null : task.priority,
  ].filter((fact) => fact !== null);
  const waits = waitsFor === undefined ? '' : `, waits for ${waitsFor.slice(0, 10).join(', ')}`;
  return `- ${boxes[task.status]} **${task.id}** ${line(task.description)}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}${waits}`;
}

/** Newest first. A note says which task it is on where that is not the page's own. */
function notesSection({ notes, total }: NotePage, pageId: string): string[] {
  if (total === 0) return [];
  const lines = notes.map(({ created_at, actor, task_id, text }) => {
    const on = task_id === null || task_id === pageId ? '' : ` on ${task_id}`;
    const head = `- ${created_at} ${name(actor)}${on}:`;
    return isOneLine(text) ? `${head} ${line(text)}` : [head, ...codeBlock(text, { indent: '  ' })].join('\n');
  });
  return ['', '## Notes', '', ...lines, ...more(total - notes.length)];
}

function arrows(ids: string[]): string {
  const shown = ids.length > 30 ? [...ids.slice(0, 15), `… ${ids.length - 30} more …`, ...ids.slice(-15)] : ids;
  return shown.join(' → ');
}

function effort(minutes: number | null): string {
  return minutes === null ? '' : `: ${formatEffort(minutes)} of work`;
}

function more(count: number): string[] {
  return count > 0 ? ['', `… and ${count} more`] : [];
}

function firstLine(text: string): string {
  return text.trim().split(/\r?\n/, 1)[0] ?? '';
}

/** The first line of a description, as a heading or a list shows it. */
function line(text: string): string {
  return codeSpan(firstLine(text), shownLine);
}

/** The whole text, where the heading shows only its start. */
function rest(text: string): string[] {
  return isOneLine(text) ? [] : ['', ...codeBlock(text)];
}

function isOneLine(text: string): boolean {
  return firstLine(text) === text.trim() && text.length <= shownLine;
}

function name(text: string | null): string | null {
  return text === null ? null : codeSpan(text, shownName);
}

function names(texts: string[]): string {
  return texts.map(name).join(', ');
}

function words(status: string): string {
  return status.replace('_', ' ');
}

function jsonBlock(value: Json): string[] {
  return typeof value === 'string' && exactNumber(value) === undefined
    ? codeBlock(value)
    : codeBlock(writeJson(value, 2), { language: 'json' });
}
