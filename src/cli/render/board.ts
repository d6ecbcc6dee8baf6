import { oneLine } from '../../domain/stored-text.ts';
import type { Look } from './look.ts';
import { taskSign } from './status.ts';
import { infoOf, infoPaint, shortInfoOf, standingOf, type TaskRow, taskTable } from './tasks.ts';
import { cells, count, cut, padEnd, wrapped } from './text.ts';

export interface BoardColumn {
  name: string;
  /** All that belongs to it, as far as it was counted; `tasks` may be the first of them. */
  total: number;
  /** Whether there may be more than was counted. */
  isAtLeast?: boolean;
  tasks: TaskRow[];
}

/** Work by what one asks of it: ready, in progress, waiting, stuck, done. */
export interface Board {
  goal?: { id: string; description: string; total_tasks: number; completed_tasks: number };
  columns: BoardColumn[];
}

/** A column beside others is at least so wide; otherwise they stand under each other. */
const leastColumn = 24;
const gap = 2;
const shownDone = 5;
const most = 40;

/** Columns beside each other where there is room; those that are empty are left out. `rows` is the height that there is. */
export function boardLines(board: Board, look: Look, rows = Number.POSITIVE_INFINITY): string[] {
  const columns = board.columns.filter(({ total }) => total > 0);
  const title = titleOf(board, look);
  if (columns.length === 0) return [...title, ...wrapped('Nothing is under way, ready or finished lately.', look)];
  const width = Math.floor((look.width - gap * columns.length) / columns.length);
  const isWide = columns.length > 1 && Number.isFinite(width) && width >= leastColumn;
  const room = rows - title.length;
  return [
    ...title,
    ...(isWide
      ? sideBySide(columns, look, { width, room })
      : stacked(columns, look, { room, withGoals: board.goal === undefined })),
  ];
}

function titleOf({ goal }: Board, look: Look): string[] {
  if (goal === undefined) return [];
  const progress = `${goal.completed_tasks}/${goal.total_tasks}`;
  const text = cut(`${goal.id}  ${oneLine(goal.description, 200)}`, look.width - progress.length - 6, look);
  return [`  ${look.colours.strong(text)}  ${look.colours.muted(progress)}`, ''];
}

function stacked(
  columns: BoardColumn[],
  look: Look,
  { room, withGoals }: { room: number; withGoals: boolean },
): string[] {
  const sizes = sizesWithin(columns, room);
  return columns.flatMap((column, place) => {
    const tasks = firstOf(column, sizes[place] ?? 1);
    return [
      ...(place === 0 ? [] : ['']),
      `  ${headOf(column, look)}`,
      ...taskTable(tasks, look, { withGoals }),
      ...moreLines(column, tasks, look).map((line) => `  ${line}`),
    ];
  });
}

/** How many tasks each of the columns shows, so that all of them fit: the longest gives way first. */
function sizesWithin(columns: BoardColumn[], room: number): number[] {
  const sizes = columns.map((column) => firstOf(column, most).length);
  const heads = 3 * columns.length;
  while (heads + sizes.reduce((sum, size) => sum + size, 0) > room && Math.max(...sizes) > 1) {
    const longest = sizes.indexOf(Math.max(...sizes));
    sizes[longest] = (sizes[longest] ?? 1) - 1;
  }
  return sizes;
}

function sideBySide(columns: BoardColumn[], look: Look, { width, room }: { width: number; room: number }): string[] {
  const stacks = columns.map((column) => {
    const tasks = firstOf(column, Math.max(1, Math.floor((room - 2) / 3)));
    return [
      headOf(column, look),
      ...tasks.flatMap((task) => cardLines(task, width, look)),
      ...moreLines(column, tasks, look),
    ];
  });
  const height = Math.max(...stacks.map((stack) => stack.length));
  return Array.from({ length: height }, (_, line) =>
    stacks
      .map((stack) => ' '.repeat(gap) + padEnd(stack[line] ?? '', width))
      .join('')
      .trimEnd(),
  );
}

function firstOf({ name, tasks }: BoardColumn, room: number): TaskRow[] {
  return tasks.slice(0, Math.min(name === 'Done' ? shownDone : most, room));
}

export function headOf({ name, total, isAtLeast }: BoardColumn, { colours }: Look): string {
  return `${colours.strong(name)} ${colours.muted(`${total}${isAtLeast ? '+' : ''}`)}`;
}

function moreLines({ total, isAtLeast }: BoardColumn, shown: TaskRow[], { colours, signs }: Look): string[] {
  const more = total - shown.length;
  return more > 0
    ? [
        colours.muted(
          `${signs.ellipsis} ${isAtLeast ? 'at least ' : ''}${count(more, 'more task').replace(/ tasks?$/, '')}`,
        ),
      ]
    : [];
}

/** A sign and an ID, the text below them, and what there is to know. */
function cardLines(task: TaskRow, width: number, look: Look): string[] {
  const { colours, signs } = look;
  const sign = taskSign(standingOf(task), look);
  const shownSign = typeof sign === 'string' ? sign : sign.paint(sign.text);
  const effort = task.estimated_effort ? ` ${colours.muted(oneLine(task.estimated_effort, 12))}` : '';
  const text = cut(oneLine(task.description, 200), width - 2, look);
  const info = [infoOf(task), shortInfoOf(task)].find((each) => cells(each) <= width - 2) ?? '';
  return [
    `${shownSign} ${task.id}${task.isCritical ? ` ${colours.accent(signs.critical)}` : ''}${effort}`,
    ...(cells(text) === 0 ? [] : [`  ${task.status === 'completed' ? colours.muted(text) : text}`]),
    ...(info === '' ? [] : [`  ${infoPaint(task, look)(info)}`]),
  ];
}
