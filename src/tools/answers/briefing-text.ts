import { formatEffort } from '../../domain/effort.ts';
import type { Goal } from '../../domain/goal.ts';
import { describeCycle } from '../../domain/graph/describe-cycle.ts';
import { countedAtMost } from '../../domain/limits.ts';
import { longestName, named, quoted, quotedJson } from '../../domain/stored-text.ts';
import type { BriefedGoal, BriefedTask, Briefing, Due, HeldName } from '../../service/briefing.ts';
import type { Whole } from '../../service/goals-below.ts';
import { describeHeldUp, type HeldUp } from '../../service/held-up.ts';

interface Section {
  title: string;
  lines: string[];
  /** How many lines there would be of all that is stored, as far as it was counted. */
  total: number;
  /** Whether there may be more than was counted. */
  isAtLeast?: boolean;
  /** Of what is left when its turn comes, the part that it may take. The most useful come first and take most. */
  share: number;
}

const described = 120;
const told = 140;
/** What the line that says how many more there are costs, and the gap to the next section. */
const moreRoom = 40;

interface Shown {
  lines: number;
  cost: number;
}

/** Where things stand, in as many characters of JSON as there are at most. `leftOut` counts what did not fit. */
export function briefingText(briefing: Briefing, maxCharacters: number): { text: string; leftOut: number } {
  const sections = sectionsOf(briefing).filter((section) => section.lines.length > 0);
  let left = maxCharacters;
  const shown = sections.map((section) => {
    const part = startOf(section, Math.floor(left * section.share));
    left -= part.cost;
    return part;
  });
  // what the later ones did not need goes to those that had more to say
  sections.forEach((section, place) => {
    const { cost } = shown[place] as Shown;
    const part = startOf(section, cost + left);
    left -= part.cost - cost;
    shown[place] = part;
  });
  const texts = sections.flatMap((section, place) => textOf(section, (shown[place] as Shown).lines));
  return {
    text: texts.join('\n\n') || 'Nothing is stored that is under way, ready or finished lately.',
    leftOut: sections.reduce((sum, { total }, place) => sum + total - (shown[place] as Shown).lines, 0),
  };
}

/** How many of a section's lines fit, and what they cost with its title and the line that says how many more there are. */
function startOf({ title, lines }: Section, room: number): Shown {
  let cost = costOf(`## ${title}`) + moreRoom;
  let count = 0;
  for (const line of lines) {
    if (cost + costOf(line) > room) break;
    cost += costOf(line);
    count += 1;
  }
  return count === 0 ? { lines: 0, cost: 0 } : { lines: count, cost };
}

function textOf({ title, lines, total, isAtLeast }: Section, count: number): string[] {
  if (count === 0) return [];
  const more = total - count;
  const rest = `… and ${isAtLeast ? 'at least ' : ''}${more} more`;
  return [[`## ${title}`, ...lines.slice(0, count), ...(more > 0 ? [rest] : [])].join('\n')];
}

/** With the line break, which JSON writes as two characters. */
function costOf(line: string): number {
  return JSON.stringify(line).length; // what is not seen is written out already
}

function sectionsOf(briefing: Briefing): Section[] {
  const { plan, goals, current, due, ready, waiting, heldUp, finished, notes, held, wholes } = briefing;
  const inState = (status: string) => current.filter((task) => task.status === status);
  const stuck = [...inState('blocked'), ...inState('failed')];
  const section = (
    title: string,
    share: number,
    lines: string[],
    rows: { total: number }[],
    atMost: number = countedAtMost.briefed,
  ): Section => {
    const total = rows[0]?.total ?? lines.length;
    return { title, share, lines, total, isAtLeast: total >= atMost };
  };
  return [
    ...(plan === undefined
      ? []
      : [section(goalTitle(plan.goal, wholes.get(plan.goal.id)), 0.3, [quoted(plan.goal.description, 400)], [])]),
    section('In progress', 0.3, inState('in_progress').map(progressLine), inState('in_progress')),
    // all of them are counted
    section('Held resources', 0.2, held.map(heldLine), held, Number.POSITIVE_INFINITY),
    section('Blocked or failed', 0.3, stuck.map(stuckLine), [
      { total: totalOf(inState('blocked'), inState('failed')) },
    ]),
    section('Due', 0.3, due.map(dueLine), due),
    section(
      'Ready',
      0.35,
      ready.map(
        (task) =>
          `- ${task.id} ${task.priority}${task.estimated_effort === null ? '' : ` ${named(task.estimated_effort, 20)}`}: ${quoted(task.description, described)}`,
      ),
      ready,
      countedAtMost.rows,
    ),
    ...criticalPath(briefing),
    section(
      'Finished',
      0.4,
      finished.map((task) => `- ${task.id} ${minute(task.at)} ${quoted(task.description, described)}${reported(task)}`),
      finished,
    ),
    section(
      'Notes',
      0.5,
      notes.map(
        (note) =>
          `- ${minute(note.created_at)} ${named(note.actor, longestName)} on ${note.task_id ?? note.goal_id}: ${quoted(note.text, told)}`,
      ),
      notes,
    ),
    section(
      'Waiting for what is in progress, blocked or failed',
      0.6,
      waiting.map((task) => `- ${task.id} ${quoted(task.description, 80)} waits for ${task.waits_for.join(', ')}`),
      waiting,
    ),
    section('Waiting for tasks of closed goals', 0.6, heldUp.map(heldUpLine), []),
    section(
      plan === undefined ? 'Goals in progress' : 'Sub-goals in progress',
      1,
      goalLines(briefing),
      goals,
      countedAtMost.rows,
    ),
  ];
}

function totalOf(...states: { total: number }[][]): number {
  return states.reduce((sum, rows) => sum + (rows[0]?.total ?? 0), 0);
}

function goalTitle({ id, status, ...own }: Goal, whole: Whole | undefined): string {
  const { total, completed } = whole ?? { total: own.total_tasks, completed: own.completed_tasks };
  const below = whole === undefined ? '' : ` in it and ${whole.goals} below it`;
  return `${id} ${status}, ${completed} of ${total} tasks${below} completed`;
}

/** Each goal once: a sub-goal under its parent, where that is listed, too. A parent has the counts of all below it. */
function goalLines({ goals, wholes, plan }: Briefing): string[] {
  const listed = new Set(goals.map(({ id }) => id));
  const lines = (parent: string | null, indent: string): string[] =>
    goals
      .filter(({ parent_goal_id: id }) => (id !== null && listed.has(id) ? id : null) === parent)
      .flatMap((goal) => [`${indent}- ${goalLine(goal, parent)}`, ...lines(goal.id, `${indent}  `)]);
  const goalLine = (goal: BriefedGoal, parent: string | null) => {
    const { total, completed } = wholes.get(goal.id) ?? {
      total: goal.total_tasks,
      completed: goal.total_tasks - goal.open_tasks,
    };
    const isApart = parent === null && goal.parent_goal_id !== null && goal.parent_goal_id !== plan?.goal.id;
    const under = isApart ? ` (under ${goal.parent_goal_id})` : '';
    return `${goal.id} ${completed}/${total}${under} ${quoted(goal.description, 80)}`;
  };
  return lines(null, '');
}

function progressLine(task: BriefedTask): string {
  const held =
    task.claimed_by === null || task.lease_expires_at === null
      ? `${task.stale ? 'stale: held by nobody, ' : ''}since ${minute(task.at)}`
      : `${named(task.claimed_by, longestName)} until ${minute(task.lease_expires_at)}`;
  return `- ${task.id} (${held}) ${quoted(task.description, described)}${reported(task)}`;
}

function heldLine({ name, holder, shared, expires_at }: HeldName): string {
  return `- ${quoted(name, described)} ${shared ? 'shared by' : 'by'} ${named(holder, longestName)} until ${minute(expires_at)}`;
}

function heldUpLine(row: HeldUp): string {
  return `- ${row.id} ${quoted(row.description, 80)} waits for ${describeHeldUp(row)}`;
}

function stuckLine(task: BriefedTask): string {
  return `- ${task.id} ${task.status}: ${quoted(task.description, described)}${reported(task)}`;
}

function dueLine({ id, status, late, due_at, description }: Due): string {
  return `- ${id} ${status}, ${late ? 'overdue since' : 'due'} ${minute(due_at)}: ${quoted(description, described)}`;
}

function reported({ result }: { result: string | null }): string {
  return result === null || result === 'null' ? '' : ` → ${quotedJson(result, told)}`;
}

function criticalPath({ plan }: Briefing): Section[] {
  const path = plan?.plan.criticalPath;
  if (path === undefined || path.taskIds.length < 2) return [];
  const effort = path.totalMinutes === null ? '' : `: ${formatEffort(path.totalMinutes)} of work`;
  return [{ title: 'Critical path', share: 0.4, total: 1, lines: [`${describeCycle(path.taskIds)}${effort}`] }];
}

function minute(at: string): string {
  return `${at.slice(0, 16)}Z`;
}
