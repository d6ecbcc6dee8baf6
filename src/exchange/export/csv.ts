import Papa from 'papaparse';
import type { Criterion } from '../../domain/criteria.ts';
import { writeMarked } from '../../domain/criterion-text.ts';
import { writeJson } from '../../domain/json-text.ts';
import { listCell, safeCell } from '../cells.ts';
import type { PlanRows } from './read-plan.ts';

type Goal = PlanRows['goals'][number];
type Task = PlanRows['tasks'][number];

/** The columns in their order, each with its cell. A goal without tasks has a row of its own, with no task in it. */
const columns: Readonly<Record<string, (goal: Goal, task: Task | undefined) => string>> = {
  id: (_, task) => task?.id ?? '',
  goal_id: (goal) => goal.id,
  goal: (goal) => goal.description,
  goal_status: (goal) => goal.status,
  goal_priority: (goal) => goal.priority,
  goal_parent_id: (goal) => goal.parent_goal_id ?? '',
  goal_labels: (goal) => listCell(goal.labels),
  goal_due_at: (goal) => goal.due_at ?? '',
  goal_strict: (goal) => (goal.strict ? 'yes' : ''),
  description: (_, task) => task?.description ?? '',
  type: (_, task) => task?.type ?? '',
  status: (_, task) => task?.status ?? '',
  priority: (_, task) => task?.priority ?? '',
  dependencies: (_, task) => listCell(task?.dependencies ?? []),
  repo: (_, task) => task?.repo ?? '',
  jira_ticket: (_, task) => task?.jira_ticket ?? '',
  estimated_effort: (_, task) => task?.estimated_effort ?? '',
  assigned_tools: (_, task) => listCell(task?.assigned_tools ?? []),
  labels: (_, task) => listCell(task?.labels ?? []),
  criteria: (_, task) => listCell(criteriaOf(task).map(writeMarked)),
  due_at: (_, task) => task?.due_at ?? '',
  defer_until: (_, task) => task?.defer_until ?? '',
  waived: (_, task) => (task?.waived === true ? 'yes' : ''),
  created_at: (_, task) => task?.created_at ?? '',
  updated_at: (_, task) => task?.updated_at ?? '',
  completed_at: (_, task) => task?.completed_at ?? '',
  result: (_, task) => (task === undefined || task.result === null ? '' : writeJson(task.result)),
};

/** The column's own type. */
const criteriaOf = (task: Task | undefined) => (task?.criteria ?? []) as unknown as Criterion[];

/** A table of all tasks, which `goal-agent import csv` reads as the same tasks. */
export function csvOf({ goals, tasks }: PlanRows): string {
  const byGoal = new Map<string, Task[]>(goals.map(({ id }) => [id, []]));
  for (const task of tasks) byGoal.get(task.goal_id)?.push(task);
  const rows = goals.flatMap((goal) => {
    const own: (Task | undefined)[] = byGoal.get(goal.id) ?? [];
    return (own.length === 0 ? [undefined] : own).map((task) =>
      Object.values(columns).map((cell) => safeCell(cell(goal, task))),
    );
  });
  return `${Papa.unparse([Object.keys(columns), ...rows], { newline: '\n' })}\n`;
}
