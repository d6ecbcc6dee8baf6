import { isLaidAside } from '../../domain/closed-goal.ts';
import { describeCycle } from '../../domain/graph/describe-cycle.ts';
import { limits } from '../../domain/limits.ts';
import type { Changes } from '../../legacy/report.ts';
import type { KnownGoal } from './known-rows.ts';
import type { ForeignGoal } from './plan.ts';

export interface GoalTree {
  /** The parents of new goals, by our IDs. */
  parents: ReadonlyMap<string, string>;
  /** The IDs of all new goals, each behind its parent. */
  parentsFirst: readonly string[];
}

interface Growing {
  /** Our ID of a goal of the plan or of an earlier import. */
  idOf(theirs: string): string | undefined;
  /** By our IDs. */
  known: ReadonlyMap<string, KnownGoal>;
  changes: Changes;
}

const field = 'parent_goal_id';

/**
 * What each new goal is a part of. A parent that cannot be is left out and told, and its goal is then under no goal: a parent
 * that is not there, takes no sub-goals, closes a cycle, or has no level below it.
 *
 * @param goals - the new goals of a plan, by our IDs
 */
export function treeOfGoals(goals: ReadonlyMap<string, ForeignGoal>, growing: Growing): GoalTree {
  const parents = new Map<string, string>();
  for (const [id, { parent }] of goals) {
    if (parent === undefined) continue;
    const parentId = growing.idOf(parent);
    const problem =
      parentId === undefined ? `it was a part of ${parent}, which is not there` : asideOf(parentId, growing);
    if (problem !== undefined) growing.changes.add('parent_left_out', id, problem, { field, verbatim: parent });
    else if (parentId !== undefined) parents.set(id, parentId);
  }
  breakCycles(goals, parents, growing);
  return { parents, parentsFirst: limitLevels(goals, parents, growing) };
}

/** Why a goal that was here before takes no sub-goals. */
function asideOf(parentId: string, { known }: Growing): string | undefined {
  const parent = known.get(parentId);
  if (parent === undefined) return undefined;
  const aside = [parent, ...parent.above].find(({ status }) => isLaidAside(status));
  if (aside === undefined) return undefined;
  return `it is not under ${parentId}${aside === parent ? '' : `, which is under ${aside.id}`}, which is ${aside.status}`;
}

/** Leaves out one parent of each cycle: the one that leads back to a goal of the present way up. */
function breakCycles(
  goals: ReadonlyMap<string, ForeignGoal>,
  parents: Map<string, string>,
  { changes }: Growing,
): void {
  const finished = new Set<string>();
  for (const start of goals.keys()) {
    const way = new Set<string>();
    let id: string | undefined = start;
    while (id !== undefined && !finished.has(id)) {
      way.add(id);
      const parent: string | undefined = parents.get(id);
      if (parent !== undefined && way.has(parent)) {
        const ids = [...way];
        const cycle = [...ids.slice(ids.indexOf(parent)), parent];
        const message = `its parent ${parent} closed the cycle ${describeCycle(cycle)}`;
        changes.add('cycle', id, message, { field, verbatim: goals.get(id)?.parent });
        parents.delete(id);
      }
      id = parents.get(id);
    }
    for (const each of way) finished.add(each);
  }
}

/** Leaves out the parents of goals that would be too far down. Gives back all goals, each behind its parent. */
function limitLevels(
  goals: ReadonlyMap<string, ForeignGoal>,
  parents: Map<string, string>,
  { known, changes }: Growing,
): string[] {
  const below = new Map<string, string[]>();
  for (const id of goals.keys()) below.set(id, []);
  for (const [id, parent] of parents) below.get(parent)?.push(id);
  const levels = new Map<string, number>();
  const order: string[] = [];
  const add = (id: string) => {
    const parent = parents.get(id);
    const above = parent === undefined ? 0 : (levels.get(parent) ?? (known.get(parent)?.above.length ?? 0) + 1);
    if (above >= limits.goalLevels) {
      const message = `under ${parent} it would be at level ${above + 1}; goals have at most ${limits.goalLevels}`;
      changes.add('over_limit', id, message, { field, verbatim: goals.get(id)?.parent });
      parents.delete(id);
    }
    levels.set(id, above >= limits.goalLevels ? 1 : above + 1);
    order.push(id);
  };
  for (const id of goals.keys()) {
    if (!goals.has(parents.get(id) ?? '')) add(id);
  }
  // the list grows while it is walked
  for (const id of order) below.get(id)?.forEach(add);
  return order;
}
