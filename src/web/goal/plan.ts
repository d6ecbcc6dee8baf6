import { parseEffort } from '../../domain/effort.ts';
import { type GoalPlan, planGoal } from '../../domain/graph/plan.ts';
import type { BoardTask } from './task.ts';

export interface Bar {
  task: BoardTask;
  /** Working minutes from now. */
  start: number;
  minutes: number;
}

export interface Timetable {
  plan: GoalPlan;
  critical: ReadonlySet<string>;
  bars: { phase: number; bars: Bar[] }[];
  /** Working minutes of all of it. */
  total: number;
}

const sizeWithoutEfforts = 60;

/** The plan of what is left, by the rules of the service, and when each task can begin at the earliest. */
export function planTasks(tasks: ReadonlyMap<string, BoardTask>, outside: Readonly<Record<string, string>>): GoalPlan {
  const list = [...tasks.values()];
  return planGoal(
    list.map(({ id, status, priority, estimated_effort }) => ({
      id,
      status,
      priority,
      effortMinutes: minutesOf(estimated_effort),
    })),
    list.flatMap(({ id, dependencies }) =>
      dependencies
        .filter((each) => !tasks.get(each)?.waived)
        .map((dependsOnId) => ({
          taskId: id,
          dependsOnId,
          ...(outside[dependsOnId] === 'completed' && { dependsOnStatus: 'completed' as const }),
        })),
    ),
  );
}

export function timetable(plan: GoalPlan, tasks: ReadonlyMap<string, BoardTask>): Timetable {
  const { criticalPath, phases } = plan;
  const assumed = criticalPath.assumedEffortMinutes ?? sizeWithoutEfforts;
  const ends = new Map<string, number>();
  const bars = phases.map(({ phase, taskIds }) => ({
    phase,
    bars: taskIds.map((id): Bar => {
      const task = tasks.get(id) as BoardTask;
      const minutes = minutesOf(task.estimated_effort) ?? assumed;
      const start = Math.max(0, ...task.dependencies.map((each) => ends.get(each) ?? 0));
      ends.set(id, start + minutes);
      return { task, start, minutes };
    }),
  }));
  return { plan, critical: new Set(criticalPath.taskIds), bars, total: Math.max(1, ...ends.values()) };
}

function minutesOf(effort: string | null): number | null {
  return (effort === null ? undefined : parseEffort(effort)) ?? null;
}
