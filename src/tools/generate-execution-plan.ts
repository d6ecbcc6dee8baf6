import { z } from 'zod';
import { isClosedGoal } from '../domain/closed-goal.ts';
import { formatEffort } from '../domain/effort.ts';
import { GoalId } from '../domain/ids.ts';
import { Priority } from '../domain/priority.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { type ExecutionPlan, generatePlan, plannedCounts } from '../service/plans.ts';
import { Budget } from './answers/answers.ts';
import { planWarnings } from './answers/plan-warnings.ts';
import { defineTool, reads } from './define/define-tool.ts';

const PlanTask = z.object({
  id: z.string(),
  /** Where it is a goal below the one that is planned. */
  goal_id: z.string().optional(),
  description: z.string(),
  status: TaskStatus,
  priority: Priority,
  estimated_effort: z.string().nullable(),
});

const Phase = z.object({
  phase: z.number().int(),
  tasks: z.array(PlanTask),
  task_count: z.number().int(),
  parallel_execution_possible: z.boolean(),
});

const CriticalPath = z.object({
  task_ids: z.array(z.string()),
  task_count: z.number().int(),
  total_effort: z.string().nullable(),
  assumed: z.string().optional(),
});

/** A chain of thousands of tasks has as many phases: the first ones say enough. */
const shownPhases = 60;
/** Characters of JSON that the critical path and the waits for other goals may take. */
const shownCriticalPath = 3_000;
const shownWaits = 2_000;

export const generateExecutionPlan = defineTool({
  name: 'generate_execution_plan',
  description: 'Plan what is left of a goal: what can run at the same time, the critical path, what unblocks most.',
  input: z.strictObject({ goal_id: GoalId }),
  output: z.object({
    goal_id: z.string(),
    goal_description: z.string(),
    total_tasks: z.number().int(),
    completed_tasks: z.number().int(),
    total_phases: z.number().int(),
    execution_phases: z.array(Phase),
    critical_path: CriticalPath,
    unblocks_most: z.array(z.object({ task_id: z.string(), directly: z.number().int(), in_all: z.number().int() })),
    ready: z.number().int(),
    waits_for_other_goals: z.array(z.object({ task_id: z.string(), waits_for: z.array(z.string()) })).optional(),
    warnings: z.array(z.string()).optional(),
    not_shown: z.number().int().optional(),
  }),
  hints: reads,
  async run(context, { goal_id }) {
    const { goal, tasks, plan } = await generatePlan(await context.open(), goal_id);
    const budget = new Budget();
    const goal_description = budget.spend(shorten(goal.description, 500));
    const critical_path = budget.spend(criticalPathOf(plan));
    const waits = budget.spend(
      new Budget(shownWaits).firstOf(
        [...plan.waitsFor].map(([task_id, ids]) => ({ task_id, waits_for: ids.slice(0, 10) })),
      ),
    );
    const phases = phasesOf(goal_id, { tasks, plan }, budget);
    const planned = plan.phases.reduce((sum, phase) => sum + phase.taskIds.length, 0);
    const { total, completed } = plannedCounts({ goal, tasks });
    const warnings = planWarnings(plan);
    const notShown = planned - phases.reduce((sum, phase) => sum + phase.tasks.length, 0);
    return {
      goal_id,
      goal_description,
      total_tasks: total,
      completed_tasks: completed,
      total_phases: plan.phases.length,
      execution_phases: phases,
      critical_path,
      unblocks_most: plan.unblocksMost.tasks.map(({ taskId, directly, inAll }) => ({
        task_id: taskId,
        directly,
        in_all: inAll,
      })),
      ready: isClosedGoal(goal.status) ? 0 : plan.readyTaskIds.length,
      ...(waits.length > 0 && { waits_for_other_goals: waits }),
      ...(warnings.length > 0 && { warnings }),
      ...(notShown > 0 && { not_shown: notShown }),
    };
  },
});

/** The first phases, each with its tasks; past the budget, with how many they are. */
function phasesOf(goalId: string, { tasks, plan: { phases } }: Pick<ExecutionPlan, 'tasks' | 'plan'>, budget: Budget) {
  const descriptionLength = tasks.size > 60 ? 60 : 160;
  const shells = phases.slice(0, shownPhases).map(({ phase, taskIds }) => ({
    phase,
    tasks: [] as z.infer<typeof PlanTask>[],
    task_count: taskIds.length,
    parallel_execution_possible: taskIds.length > 1,
  }));
  budget.spend(shells);
  return shells.map((shell, place) => {
    const found = (phases[place]?.taskIds ?? []).slice(0, 500).flatMap((id) => tasks.get(id) ?? []);
    const shown = found.map(({ id, goal_id, description, ...task }) => ({
      id,
      ...(goal_id !== goalId && { goal_id }),
      description: shorten(description, descriptionLength),
      ...task,
    }));
    return { ...shell, tasks: budget.firstOf(shown) };
  });
}

function criticalPathOf({ criticalPath }: ExecutionPlan['plan']): z.infer<typeof CriticalPath> {
  const { taskIds, totalMinutes, assumedEffortMinutes, tasksWithoutEffort } = criticalPath;
  const task_ids = new Budget(shownCriticalPath).firstOf(taskIds);
  return {
    task_ids,
    task_count: taskIds.length,
    total_effort: totalMinutes === null ? null : formatEffort(totalMinutes),
    ...assumption(assumedEffortMinutes, tasksWithoutEffort.length, totalMinutes),
  };
}

function assumption(assumedMinutes: number | null, count: number, totalMinutes: number | null): { assumed?: string } {
  if (totalMinutes === null) return { assumed: 'no task has an effort: this is the chain with the most tasks' };
  if (assumedMinutes === null || count === 0) return {};
  return {
    assumed: `${count} ${count === 1 ? 'task' : 'tasks'} without an effort counted as ${formatEffort(assumedMinutes)}, the median of the others`,
  };
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}
