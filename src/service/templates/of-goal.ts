import { type Criterion, newCriterion } from '../../domain/criteria.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import {
  type Parameters,
  type TemplateBody,
  type TemplateTask,
  templateLimits,
  withParameters,
} from '../../domain/templates.ts';
import { step } from '../../store/database.ts';
import type { Row } from '../../store/statement.ts';
import { findTasks } from '../../store/statements/find-tasks.ts';
import { type Call, read } from '../call.ts';
import { findOneGoal } from '../goals.ts';

/**
 * A goal and its tasks as a template. What belongs to this goal alone stays away: statuses, results, claims, tickets, times, cancelled tasks,
 * and dependencies on tasks of other goals.
 * @throws GoalAgentError `not_found`; `invalid` for a goal without tasks, and for one with too many.
 */
export async function bodyOfGoal(call: Call, goalId: string, values: Parameters): Promise<TemplateBody> {
  const goal = await findOneGoal(call, goalId);
  const { workspaceId } = call.store;
  const { tasks } = await read(call, { tasks: step(findTasks, { workspaceId, taskIds: goal.tasks }) });
  const kept = tasks.filter(({ status }) => status !== 'cancelled');
  if (kept.length === 0) throw invalid(goalId, 'has no tasks; break it down first');
  if (goal.total_tasks > templateLimits.tasks) {
    throw invalid(goalId, `has ${goal.total_tasks} tasks; a template has ${templateLimits.tasks} at most`);
  }
  const { description, priority, repos, labels = [], strict, metadata } = goal;
  return withParameters(
    {
      description,
      priority,
      ...(repos.length > 0 && { repos }),
      ...(labels.length > 0 && { labels }),
      ...(strict && { strict }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
      tasks: kept.map((task) => templateTask(task, kept)),
    },
    values,
  );
}

type TaskRow = Row<typeof findTasks>;

function templateTask(task: TaskRow, all: TaskRow[]): TemplateTask {
  const { description, type, priority, estimated_effort, repo, assigned_tools, labels } = task;
  const criteria = task.criteria as unknown as Criterion[]; // the column's own type
  const places = task.dependencies
    .map((id) => all.findIndex((each) => each.id === id) + 1)
    .filter((place) => place > 0);
  return {
    description,
    type,
    priority: priority as TemplateTask['priority'],
    ...(places.length > 0 && { dependencies: places.map((place) => `#${place}`) }),
    ...(estimated_effort !== null && { estimated_effort }),
    ...(repo !== null && { repo }),
    ...(assigned_tools.length > 0 && { tools: assigned_tools }),
    ...(labels.length > 0 && { labels }),
    ...(criteria.length > 0 && { criteria: criteria.map(newCriterion) }),
  };
}

function invalid(goalId: string, problem: string): GoalAgentError {
  return new GoalAgentError('invalid', `${goalId} ${problem}. Nothing was saved.`);
}
