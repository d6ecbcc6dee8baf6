import { isClosedGoal } from '../../domain/closed-goal.ts';
import { isClosedTask } from '../../domain/closed-task.ts';
import type { GoalStatus } from '../../domain/goal.ts';
import { deriveColumns } from '../../legacy/check/goal-tasks.ts';
import type { TaskNode, TaskRow } from '../../legacy/check/types.ts';
import type { GoalTree } from './goal-tree.ts';
import type { KnownRows } from './known-rows.ts';
import type { ForeignGoal } from './plan.ts';
import type { NewGoalRow } from './row.ts';

/** New rows, and what their columns follow from. */
interface Settling {
  /** The new goals as the files have them, by our IDs. */
  given: ReadonlyMap<string, ForeignGoal>;
  tree: GoalTree;
  known: KnownRows;
  /** Goals of an earlier import that get open tasks, and open with them. */
  open: ReadonlySet<string>;
  rows: ReadonlyMap<string, TaskRow>;
}

/**
 * The columns that follow from other rows: counts, the status of goals whose files say none, and what is parked. Of what
 * comes under a goal of an earlier import the database looks again what is parked.
 */
export function settle(goals: readonly NewGoalRow[], nodes: readonly TaskNode[], settling: Settling): void {
  const byId = new Map(goals.map((goal) => [goal.id, goal]));
  for (const { goal_id, status } of nodes) {
    const goal = byId.get(goal_id);
    if (goal === undefined) continue;
    goal.total_tasks += 1;
    goal.open_tasks += isClosedTask(status) ? 0 : 1;
  }
  settleTree(byId, settling);
  settleTasks(nodes, parkingStatuses(byId, settling), settling);
}

/** From the lowest level up: a goal's status follows from its sub-goals as from its tasks. */
function settleTree(goals: ReadonlyMap<string, NewGoalRow>, { given, tree }: Settling): void {
  for (const id of tree.parentsFirst.toReversed()) {
    const goal = goals.get(id);
    if (goal === undefined) continue;
    if (given.get(id)?.status === undefined) goal.status = statusFrom(goal);
    goal.parent_goal_id = tree.parents.get(id) ?? null;
    const parent = goals.get(goal.parent_goal_id ?? '');
    if (parent === undefined) continue;
    parent.total_goals += 1;
    parent.open_goals += isClosedGoal(goal.status) ? 0 : 1;
  }
}

/** A goal that has tasks or sub-goals is under way until all of them are closed. */
function statusFrom({ total_tasks, total_goals, open_tasks, open_goals }: NewGoalRow): GoalStatus {
  if (total_tasks + total_goals === 0) return 'planned';
  return open_tasks + open_goals === 0 ? 'completed' : 'in_progress';
}

/** By goal: its status, or that of a closed goal above it. */
function parkingStatuses(goals: ReadonlyMap<string, NewGoalRow>, { tree, known, open }: Settling): Map<string, string> {
  const statuses = new Map(
    [...known.goals.values()].map(({ id, status }) => [id, open.has(id) ? 'in_progress' : status]),
  );
  for (const id of tree.parentsFirst) {
    const above = statuses.get(tree.parents.get(id) ?? '');
    statuses.set(id, isClosedGoal(above) ? String(above) : (goals.get(id)?.status ?? ''));
  }
  return statuses;
}

function settleTasks(
  nodes: readonly TaskNode[],
  goalStatuses: ReadonlyMap<string, string>,
  { known, rows }: Settling,
): void {
  const statuses = new Map<string, string>(
    [...known.tasks.values()].map(({ id, status, satisfies }) => [id, satisfies ? 'completed' : status]),
  );
  for (const { id, status } of nodes) statuses.set(id, rows.get(id)?.waived === true ? 'completed' : status);
  deriveColumns(nodes, {
    goal: (id) => goalStatuses.get(id) ?? '',
    satisfies: (id) => statuses.get(id) === 'completed',
  });
}
