import { formatEffort } from '../../domain/effort.ts';
import { describeCycle } from '../../domain/graph/describe-cycle.ts';
import { oneLine } from '../../domain/stored-text.ts';
import { type ExecutionPlan, plannedCounts } from '../../service/plans.ts';
import type { Look } from './look.ts';
import { prioritySign, taskSign } from './status.ts';
import { type Cell, type Column, table } from './table.ts';
import { infoOf, infoPaint, standingOf, type TaskRow } from './tasks.ts';
import { count, wrapped } from './text.ts';

const columns: Column[] = [
  { align: 'right' },
  { keep: true },
  { keep: true, gap: 1 },
  { gap: 1 },
  { gap: 1 },
  { gap: 1 },
  { flex: true, gap: 1 },
  { align: 'right' },
  {},
];

/** Completed tasks above the plan, unless all are wanted: the newest say enough. */
const shownDone = 5;

/** A goal's work: what is done, then each phase with its number in front of its first task. */
export function planLines(
  { goal, plan, tasks: planned }: ExecutionPlan,
  tasks: TaskRow[],
  { all, look }: { all: boolean; look: Look },
): string[] {
  const { colours, signs } = look;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const critical = new Set(plan.criticalPath.taskIds);
  const done = tasks.filter(({ status }) => status === 'completed');
  const folded = all ? 0 : Math.max(0, done.length - shownDone);
  const rowsOf = (ids: string[], phase: number) =>
    ids.flatMap((id, place) => {
      const task = byId.get(id);
      const number = place === 0 ? String(phase) : '';
      return task === undefined
        ? []
        : [rowOf({ ...task, isCritical: critical.has(id) }, { phase: number, goalId: goal.id }, look)];
    });
  const rows = [
    ...done.slice(folded).map((task) => rowOf(task, { phase: '', goalId: goal.id }, look)),
    ...plan.phases.flatMap(({ phase, taskIds }) => rowsOf(taskIds, phase)),
    ...plan.cyclic.flatMap((id) => rowsOf([id], 0)),
  ];
  return [
    ...wrapped(`${goal.id}  ${oneLine(goal.description, 200)}`, look).map(colours.strong),
    ...wrapped(summaryOf({ goal, plan, tasks: planned }), look).map(colours.muted),
    ...(folded > 0
      ? [colours.muted(`  ${signs.ellipsis} ${count(folded, 'completed task')} before these: --all`)]
      : []),
    ...table(rows, columns, look),
    ...(plan.cyclic.length > 0
      ? wrapped(`These tasks wait for each other: ${describeCycle(plan.cyclic)}.`, look).map(colours.bad)
      : []),
  ];
}

/** A task of a goal below the one that is planned has that goal's ID beside its own. */
function rowOf(task: TaskRow, { phase, goalId }: { phase: string; goalId: string }, look: Look): Cell[] {
  const { colours, signs } = look;
  const text = oneLine(task.description, 500);
  return [
    { text: phase, paint: colours.muted },
    taskSign(standingOf(task), look),
    task.id,
    task.goal_id === undefined || task.goal_id === goalId ? '' : { text: task.goal_id, paint: colours.muted },
    task.isCritical ? { text: signs.critical, paint: colours.accent } : '',
    prioritySign(task.priority ?? 'medium', look),
    task.status === 'completed' ? { text, paint: colours.muted } : text,
    oneLine(task.estimated_effort ?? '', 12),
    { text: infoOf(task), paint: infoPaint(task, look) },
  ];
}

/** `2d 4h on the critical path, 3 of 6 completed`. */
function summaryOf({ goal, plan, tasks }: ExecutionPlan): string {
  const { total, completed: done } = plannedCounts({ goal, tasks });
  const { totalMinutes, taskIds, tasksWithoutEffort, assumedEffortMinutes } = plan.criticalPath;
  if (total === 0) return 'No tasks yet.';
  const progress = `${done} of ${count(total, 'task')} completed`;
  if (taskIds.length === 0) return progress;
  const path = totalMinutes === null ? count(taskIds.length, 'task') : formatEffort(totalMinutes);
  const assumed =
    totalMinutes === null || assumedEffortMinutes === null || tasksWithoutEffort.length === 0
      ? ''
      : `; ${count(tasksWithoutEffort.length, 'task')} without an effort counted as ${formatEffort(assumedEffortMinutes)}`;
  return `${path} on the critical path, ${progress}${assumed}`;
}
