import { isClosedGoal } from '../../domain/closed-goal.ts';
import type { Goal } from '../../domain/goal.ts';
import type { Note } from '../../domain/note.ts';
import { named, oneLine } from '../../domain/stored-text.ts';
import type { KinAnswer, WholeCounts } from '../answers.ts';
import { ago, facts, heading, notesLines } from './details.ts';
import type { Look } from './look.ts';
import { bar, goalSign, prioritySign, priorityWords, statusWords } from './status.ts';
import { type Cell, type Column, table } from './table.ts';
import { dueText, type TaskRow, taskTable } from './tasks.ts';
import { count, cut, wrapped } from './text.ts';

type GoalRow = Omit<Goal, 'metadata' | 'tasks' | 'repos'> & { whole?: WholeCounts };

const columns: Column[] = [{ keep: true }, { keep: true }, { gap: 1 }, { flex: true }, {}, { align: 'right' }, {}];

/** Agents that a row names, cells of a name, and of the whole. */
const namedInRow = 2;
const longestHolder = 20;
const longestInfo = 32;
const longestParent = 60;

/**
 * Goals under each other: ID, sign, priority, text, progress, and who is at work or what is stuck. A sub-goal stands below its
 * parent, where that is there, and a parent has the progress of all that is below it.
 */
export function goalTable(goals: GoalRow[], current: TaskRow[], look: Look): string[] {
  const rows = asTree(goals).map(({ goal, level }): Cell[] => {
    const { total, completed } = goal.whole ?? { total: goal.total_tasks, completed: goal.completed_tasks };
    return [
      goal.id,
      goalSign(goal.status, look),
      prioritySign(goal.priority, look),
      `${'  '.repeat(level)}${oneLine(goal.description, 500)}`,
      total === 0 ? '' : bar(completed, total, look),
      total === 0 ? '' : `${completed}/${total}`,
      infoOf(
        goal,
        current.filter((task) => task.goal_id === goal.id),
        look,
      ),
    ];
  });
  return table(rows, columns, look);
}

/** Each goal with its level, those below it right after it; otherwise in their order. */
function asTree(goals: GoalRow[]): { goal: GoalRow; level: number }[] {
  const listed = new Set(goals.map(({ id }) => id));
  const byParent = new Map<string | undefined, GoalRow[]>();
  for (const goal of goals) {
    const { parent_goal_id: id } = goal;
    const parent = id !== undefined && listed.has(id) ? id : undefined;
    byParent.set(parent, [...(byParent.get(parent) ?? []), goal]);
  }
  const under = (parent: string | undefined, level: number): { goal: GoalRow; level: number }[] =>
    (byParent.get(parent) ?? []).flatMap((goal) => [{ goal, level }, ...under(goal.id, level + 1)]);
  return under(undefined, 0);
}

function infoOf(goal: GoalRow, tasks: TaskRow[], look: Look): Cell {
  const { colours } = look;
  if (isClosedGoal(goal.status)) {
    return { text: ago(goal.updated_at), paint: colours.muted };
  }
  const stuck = (['blocked', 'failed'] as const).flatMap((status) => {
    const number = tasks.filter((task) => task.status === status).length;
    return number === 0 ? [] : [`${number} ${status}`];
  });
  const holders = [...new Set(tasks.flatMap((task) => task.claimed_by || []))].map((name) =>
    named(name, longestHolder),
  );
  const shown = holders.slice(0, namedInRow);
  const more = holders.length - shown.length;
  const text = [...stuck, ...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return { text: cut(text, longestInfo, look), paint: stuck.length > 0 ? colours.warning : colours.accent };
}

/** A whole goal with its tasks. */
export function goalDetails(
  goal: Goal & KinAnswer & { notes?: Note[]; notes_count?: number; not_shown?: number },
  tasks: TaskRow[],
  look: Look,
): string[] {
  const { colours, signs } = look;
  const { total_tasks: total, completed_tasks: done, not_shown = 0 } = goal;
  const progress = bar(done, total, look);
  const shown = typeof progress === 'string' ? progress : progress.paint(progress.text);
  const metadata = Object.entries(goal.metadata);
  return [
    ...heading([colours.strong(goal.id), statusWords('goal', goal, look), priorityWords(goal.priority, look)], look),
    ...wrapped(goal.description, look),
    '',
    ...(total === 0 ? [] : heading([shown, `${done} of ${count(total, 'task')} completed`], look)),
    ...wholeLines(goal, look),
    ...facts(
      [
        [
          'under',
          goal.parents?.map(({ id, description }) => `${id} ${oneLine(description, longestParent)}`).join(' / '),
        ],
        ['repos', goal.repos.join(', ')],
        ['labels', goal.labels?.join(', ')],
        ['due', goal.due_at === undefined ? undefined : dueText(goal.due_at)],
        ['strict', goal.strict ? 'tasks are completed when their criteria are met' : undefined],
        ['metadata', metadata.length === 0 ? undefined : JSON.stringify(goal.metadata)],
        ['created', ago(goal.created_at)],
        ['changed', goal.updated_at === goal.created_at ? undefined : ago(goal.updated_at)],
      ],
      look,
    ),
    ...subGoalLines(goal, look),
    ...(tasks.length === 0 ? [] : ['', ...taskTable(tasks, look)]),
    ...(not_shown > 0
      ? [colours.muted(`  ${signs.ellipsis} and ${not_shown} more: goal-agent task list --goal ${goal.id}`)]
      : []),
    ...notesLines(goal, look),
  ];
}

/** `███████░░░  7 of 10 tasks completed with its 2 sub-goals`. */
function wholeLines({ whole }: KinAnswer, look: Look): string[] {
  if (whole === undefined) return [];
  const progress = whole.total === 0 ? '' : bar(whole.completed, whole.total, look);
  const shown = typeof progress === 'string' ? progress : progress.paint(progress.text);
  const text = `${whole.completed} of ${count(whole.total, 'task')} completed with the ${count(whole.goals, 'goal')} below it`;
  return heading(shown === '' ? [text] : [shown, text], look);
}

function subGoalLines({ sub_goal_details = [] }: KinAnswer, look: Look): string[] {
  if (sub_goal_details.length === 0) return [];
  const rows = sub_goal_details.map(({ id, status, description, total, completed }): Cell[] => [
    id,
    goalSign(status, look),
    '',
    oneLine(description, 500),
    total === 0 ? '' : bar(completed, total, look),
    total === 0 ? '' : `${completed}/${total}`,
    '',
  ]);
  return ['', ...table(rows, columns, look)];
}
