import { isClosedTask } from '../domain/closed-task.ts';
import { parseEffort } from '../domain/effort.ts';
import type { Goal } from '../domain/goal.ts';
import { type GoalPlan, planGoal } from '../domain/graph/plan.ts';
import { answerBudget } from '../domain/limits.ts';
import type { Priority } from '../domain/priority.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import { type Rows, step } from '../store/database.ts';
import { findGoal } from '../store/statements/find-goal.ts';
import { listPlanDependencies, listPlanDependencyStatuses } from '../store/statements/list-plan-dependencies.ts';
import { listPlanTasks } from '../store/statements/list-plan-tasks.ts';
import { cachedRead } from './cached-reads.ts';
import type { Call } from './call.ts';
import { goalOf } from './goals.ts';

/** What a plan shows of a task. */
export interface PlanTask {
  id: string;
  goal_id: string;
  description: string;
  status: TaskStatus;
  priority: Priority;
  estimated_effort: string | null;
}

/** A goal, the tasks that it and the goals below it are made of, and in which order they can be done. */
export interface ExecutionPlan {
  goal: Goal;
  tasks: Map<string, PlanTask>;
  plan: GoalPlan;
}

/** The tasks that a plan is of, and how many of them are completed or cancelled. */
export function plannedCounts({ goal, tasks }: Pick<ExecutionPlan, 'goal' | 'tasks'>): {
  total: number;
  completed: number;
} {
  if (goal.sub_goals === undefined) return { total: goal.total_tasks, completed: goal.completed_tasks };
  const closed = [...tasks.values()].filter(({ status }) => isClosedTask(status));
  return { total: tasks.size, completed: closed.length };
}

/** @throws GoalAgentError `not_found`. */
export async function generatePlan(call: Call, goalId: string): Promise<ExecutionPlan> {
  const steps = planSteps(call, goalId);
  // what is below a goal changes without an event of it
  const keeps = ({ goals }: { goals: { total_goals: number }[] }) => goals[0]?.total_goals === 0;
  return planOf(
    goalId,
    await cachedRead(call, { kind: 'plan', id: goalId, steps, tasksOf: ({ rows }) => rows, keeps }),
  );
}

/** The steps that read what a plan is made from, for planOf. */
export function planSteps({ store: { workspaceId } }: Call, goalId: string) {
  return {
    goals: step(findGoal, { workspaceId, taskIdLimit: 0, goalId }),
    rows: step(listPlanTasks, { workspaceId, goalId, textLimit: answerBudget.listText }),
    dependencies: step(listPlanDependencies, { workspaceId, goalId }),
    statuses: step(listPlanDependencyStatuses, { workspaceId, goalId }),
  };
}

/** @throws GoalAgentError `not_found`. */
export function planOf(
  goalId: string,
  { goals, rows, dependencies, statuses }: Rows<ReturnType<typeof planSteps>>,
): ExecutionPlan {
  const goal = goalOf(goals, goalId);
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const placeOf = (edge: { task_id: string }) => places.get(edge.task_id) ?? 0;
  const statusById = new Map(statuses.map(({ id, status }) => [id, status as TaskStatus]));
  const tasks = rows.map(({ open_dependencies: _o, defer_until: _d, ...row }) => ({
    ...row,
    status: row.status as TaskStatus,
    priority: row.priority as Priority,
  }));
  const plan = planGoal(
    tasks.map(({ id, status, priority, estimated_effort }) => ({
      id,
      status,
      priority,
      effortMinutes: (estimated_effort === null ? undefined : parseEffort(estimated_effort)) ?? null,
    })),
    dependencies
      .toSorted((a, b) => placeOf(a) - placeOf(b))
      .flatMap(({ task_id, depends_on_id }) => {
        const dependsOnStatus = statusById.get(depends_on_id);
        return dependsOnStatus === undefined ? [] : [{ taskId: task_id, dependsOnId: depends_on_id, dependsOnStatus }];
      }),
  );
  return { goal, tasks: new Map(tasks.map((task) => [task.id, task])), plan };
}
