import { listed } from '../domain/dependency-change.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { describeCycle } from '../domain/graph/describe-cycle.ts';
import { findShortestCycle } from '../domain/graph/find-shortest-cycle.ts';
import { type Run, step } from '../store/database.ts';
import { findReach, listReachEdges } from '../store/statements/find-paths.ts';
import { findTaskStatuses } from '../store/statements/find-task-statuses.ts';

// Why a task's dependencies or goal cannot change so: looked at inside the transaction that would change them.

interface Edges {
  workspaceId: number;
  taskId: string;
  addedIds: string[];
}

/** Edges that are fetched to name a cycle; in a larger graph a cycle is named only if it is among so many. */
const namedAmong = 100_000;

/** @throws GoalAgentError `not_found` for tasks that do not exist. */
export async function refuseUnknown(run: Run, { workspaceId, taskId, addedIds }: Edges): Promise<void> {
  if (addedIds.length === 0) return;
  const { rows } = await run({ rows: step(findTaskStatuses, { workspaceId, taskIds: addedIds }) });
  const known = new Set(rows.map((row) => row.id));
  const missing = addedIds.filter((id) => !known.has(id));
  if (missing.length === 0) return;
  const verb = missing.length === 1 ? 'does' : 'do';
  throw new GoalAgentError('not_found', `${taskId} was not changed: ${listed(missing)} ${verb} not exist.`);
}

/** @throws GoalAgentError `invalid`, with the shortest cycle that the new dependencies would close. */
export async function refuseCycle(run: Run, { workspaceId, taskId, addedIds }: Edges): Promise<void> {
  if (addedIds.length === 0) return;
  const { found } = await run({ found: step(findReach, { workspaceId, taskIds: addedIds, taskId }) });
  if (found[0]?.reached !== true) return;
  const { rows } = await run({ rows: step(listReachEdges, { workspaceId, taskIds: addedIds, limit: namedAmong }) });
  const edges = [
    ...addedIds.map((dependsOnId) => ({ taskId, dependsOnId })),
    ...rows.map((row) => ({ taskId: row.task_id, dependsOnId: row.depends_on_id })),
  ];
  // the task first, so that the cycle is told from its side
  const ids = [...new Set([taskId, ...edges.flatMap((edge) => [edge.taskId, edge.dependsOnId])])];
  const cycle = findShortestCycle(ids, edges);
  const named = cycle === undefined ? `${listed(addedIds)} already wait for it` : describeCycle(cycle);
  throw new GoalAgentError(
    'invalid',
    `${taskId} was not changed: these tasks would wait for each other: ${named}. Remove one of these dependencies.`,
  );
}
