import { answerBudget } from '../domain/limits.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import { step } from '../store/database.ts';
import {
  listTasksByAgent,
  listTasksByGoal,
  listTasksByLabel,
  listTasksByLabelAndStatus,
  listTasksByRepo,
  listTasksByRepoAndType,
  listTasksByStatus,
  listTasksByType,
  listTasks as listTasksStatement,
} from '../store/statements/list-tasks.ts';
import type { Call } from './call.ts';
import { readCurrent } from './deferrals.ts';
import { type ListedTask, listedTask, requireGoal } from './tasks.ts';

/** What tasks are listed by; what is left out says nothing. */
export interface TaskFilter {
  goalId?: string | undefined;
  status?: TaskStatus | undefined;
  repo?: string | undefined;
  type?: string | undefined;
  /** Who holds them at this moment: an actor, or an agent's name without the suffix of its process. */
  agent?: string | undefined;
  /** All of these. */
  labels?: string[] | undefined;
}

/**
 * Tasks, newest first, those with a number below `before`.
 * @throws GoalAgentError `not_found` for a goal that does not exist.
 */
export async function listTasks(
  call: Call,
  filter: TaskFilter,
  page: { limit: number; before?: number | undefined },
): Promise<(ListedTask & { number: number })[]> {
  const found = step(statementFor(filter), {
    workspaceId: call.store.workspaceId,
    textLimit: answerBudget.listText,
    limit: page.limit,
    before: page.before ?? null,
    goalId: filter.goalId ?? null,
    status: filter.status ?? null,
    repo: filter.repo ?? null,
    type: filter.type ?? null,
    agent: filter.agent ?? null,
    labels: filter.labels ?? null,
  });
  // those that are pending by now are no longer asked for as deferred, and the other way round
  const { rows } = await readCurrent(call, { rows: found });
  if (rows.length === 0 && filter.goalId !== undefined) await requireGoal(call, filter.goalId);
  return rows.map((row) => ({ ...listedTask(row), number: row.number }));
}

/** The way that finds the fewest rows beside those that are wanted. Most tasks are of the general type. */
function statementFor({ goalId, status, repo, type, agent, labels }: TaskFilter) {
  if (agent !== undefined) return listTasksByAgent;
  if (goalId !== undefined) return listTasksByGoal;
  if (labels !== undefined) return status === undefined ? listTasksByLabel : listTasksByLabelAndStatus;
  const isOfRareType = type !== undefined && type !== 'general';
  if (repo !== undefined) return isOfRareType ? listTasksByRepoAndType : listTasksByRepo;
  if (isOfRareType) return listTasksByType;
  return status === undefined ? listTasksStatement : listTasksByStatus;
}
