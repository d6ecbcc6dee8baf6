import { isClosedTask } from '../../domain/closed-task.ts';
import { goalIdOf, taskIdOf } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { breakCycles } from '../../legacy/check/dependencies.ts';
import type { TaskNode, TaskRow } from '../../legacy/check/types.ts';
import type { TimeZone } from '../../legacy/local-time.ts';
import type { Changes, Counts, ImportedIds } from '../../legacy/report.ts';
import { distinct } from './distinct.ts';
import { type GoalTree, treeOfGoals } from './goal-tree.ts';
import type { KnownGoal, KnownRows } from './known-rows.ts';
import { type Links, linkTasks } from './link-tasks.ts';
import type { ForeignGoal, ForeignPlan } from './plan.ts';
import { goalRow, type NewGoalRow, type NewNote, type Placed, taskRow } from './row.ts';
import { settle } from './settle.ts';

export interface RowsOptions {
  known: KnownRows;
  /** The first numbers of new rows. */
  first: { goal: number; task: number };
  zone: TimeZone;
  /** For rows whose files tell no time. */
  now: string;
}

/** What an import adds to the store. */
export interface NewRows {
  /** Each behind its parent. */
  goals: NewGoalRow[];
  tasks: TaskNode[];
  rowOf(task: TaskNode): TaskRow;
  notes: NewNote[];
  /** Goals of an earlier import that were completed or planned and get open tasks. */
  goalsToOpen: string[];
  ids: ImportedIds;
  /** The parents of new goals, by our IDs. */
  parents: Record<string, string>;
  found: Counts;
  imported: Counts;
}

/** The rows of a plan that are not there yet. Each deviation from the files goes into `changes`. */
export function newRows(given: ForeignPlan, options: RowsOptions, changes: Changes): NewRows {
  const plan = distinct(given);
  for (const { where, message, verbatim } of plan.leftOut) changes.add('left_out', where, message, { verbatim });
  const links = linkTasks(plan);
  const ids = assignIds(plan, options);
  tellKnown(plan, links, { ...options, ids, changes });
  const placed: Placed = { ...options, changes, notes: [] };
  const fresh = newGoalsOf(plan, ids);
  const tree = treeOfGoals(fresh, { idOf: ids.goal, known: byOurIds(options.known), changes });
  const goals = newGoals(fresh, tree, placed);
  const { nodes, rows } = newTasks(plan, { ids, links, placed });
  breakCycles(nodes, changes);
  const open = openedGoals(nodes, options.known);
  settle(goals, nodes, { given: fresh, tree, known: options.known, open, rows });
  for (const node of nodes) Object.assign(rows.get(node.id) ?? {}, derivedOf(node));
  const count = (lists: Iterable<readonly string[]>) => [...lists].reduce((sum, list) => sum + list.length, 0);
  return {
    goals,
    tasks: nodes,
    rowOf: (task) => rows.get(task.id) as TaskRow,
    notes: placed.notes,
    goalsToOpen: [...open],
    ids: { goals: Object.fromEntries(ids.newGoals), tasks: Object.fromEntries(ids.newTasks) },
    parents: Object.fromEntries(tree.parents),
    found: { goals: plan.goals.length, tasks: plan.tasks.length, dependencies: count(links.values()) },
    imported: {
      goals: goals.length,
      tasks: nodes.length,
      dependencies: count(nodes.map((node) => node.dependencies)),
    },
  };
}

interface Assigned {
  newGoals: Map<string, string>;
  newTasks: Map<string, string>;
  goal(id: string): string | undefined;
  task(id: string): string | undefined;
}

function assignIds({ goals, tasks }: ForeignPlan, { known, first }: RowsOptions): Assigned {
  const assign = (
    rows: readonly { id: string }[],
    there: ReadonlyMap<string, unknown>,
    idOf: (place: number) => string,
  ) => new Map(rows.filter(({ id }) => !there.has(id)).map(({ id }, place) => [id, idOf(place)]));
  const newGoals = assign(goals, known.goals, (place) => goalIdOf(first.goal + place));
  const newTasks = assign(tasks, known.tasks, (place) => taskIdOf(first.task + place));
  return {
    newGoals,
    newTasks,
    goal: (id) => newGoals.get(id) ?? known.goals.get(id)?.id,
    task: (id) => newTasks.get(id) ?? known.tasks.get(id)?.id,
  };
}

function tellKnown(
  { goals, tasks }: ForeignPlan,
  links: Links,
  { known, ids, changes }: RowsOptions & { ids: Assigned; changes: Changes },
): void {
  for (const { id, parent } of goals) {
    const row = known.goals.get(id);
    if (row === undefined) continue;
    const differs = parent === undefined ? '' : otherParent(row, ids.goal(parent) ?? parent);
    changes.add('already_there', row.id, `it is ${id}, which was imported before${differs}`);
  }
  for (const { id, status } of tasks) {
    const row = known.tasks.get(id);
    if (row === undefined) continue;
    const differs = row.status === status ? '' : `; it is ${row.status} here and ${status} in the file`;
    changes.add('already_there', row.id, `it is ${id}, which was imported before${differs}`);
    const news = (links.get(id) ?? []).map((each) => ids.newTasks.get(each)).filter((each) => each !== undefined);
    for (const each of news) {
      changes.add('already_there', row.id, `it does not wait for ${each}, which is new; a dependency may be added`);
    }
  }
}

function otherParent({ above: [here] }: KnownGoal, there: string): string {
  return here?.id === there ? '' : `; it is under ${here?.id ?? 'no goal'} here and under ${there} in the file`;
}

function byOurIds({ goals }: KnownRows): Map<string, KnownGoal> {
  return new Map([...goals.values()].map((goal) => [goal.id, goal]));
}

/** By our IDs. */
function newGoalsOf({ goals }: ForeignPlan, { newGoals }: Assigned): Map<string, ForeignGoal> {
  return new Map(
    goals.flatMap((goal) => {
      const id = newGoals.get(goal.id);
      return id === undefined ? [] : [[id, goal] as const];
    }),
  );
}

function newGoals(fresh: ReadonlyMap<string, ForeignGoal>, { parentsFirst }: GoalTree, placed: Placed): NewGoalRow[] {
  return parentsFirst.flatMap((id) => {
    const goal = fresh.get(id);
    return goal === undefined ? [] : [goalRow(goal, id, placed)];
  });
}

interface Linked {
  ids: Assigned;
  links: Links;
  placed: Placed;
}

function newTasks({ tasks }: ForeignPlan, { ids, links, placed }: Linked) {
  const rows = new Map<string, TaskRow>();
  const nodes: TaskNode[] = [];
  for (const task of tasks) {
    const id = ids.newTasks.get(task.id);
    if (id === undefined) continue;
    const goalId = ids.goal(task.goal);
    if (goalId === undefined) throw new Error(`the plan has no goal ${task.goal}`);
    const dependencies = dependenciesOf(id, links.get(task.id) ?? [], { ids, placed });
    const row = taskRow(task, { id, goalId, dependencies, placed });
    if (task.parent !== undefined && ids.task(task.parent) === undefined) {
      const message = `it is a part of ${task.parent}, which is not there`;
      placed.changes.add('missing_dependency', id, message, { field: 'parent', verbatim: task.parent });
    }
    rows.set(id, row);
    nodes.push(nodeOf(task.id, row));
  }
  return { nodes, rows };
}

function dependenciesOf(id: string, links: readonly string[], { ids, placed }: Omit<Linked, 'links'>): string[] {
  const { changes } = placed;
  const kept = new Set<string>();
  const report = (kind: 'missing_dependency' | 'cycle' | 'over_limit', message: string, verbatim: string) =>
    changes.add(kind, id, message, { field: 'dependencies', verbatim });
  for (const link of links) {
    const other = ids.task(link);
    if (other === undefined) report('missing_dependency', `it depended on ${link}, which is not there`, link);
    else if (other === id) report('cycle', 'it depended on itself', link);
    else if (!kept.has(other) && kept.size >= limits.dependenciesPerTask)
      report('over_limit', `its dependency on ${other} is over the limit of ${limits.dependenciesPerTask}`, link);
    else kept.add(other);
  }
  return [...kept];
}

function nodeOf(key: string, row: TaskRow): TaskNode {
  const { id, number, goal_id, status, dependencies, open_dependencies, parked, exists } = row;
  return { key, id, number, goal_id, status, dependencies, open_dependencies, parked, exists };
}

function derivedOf({ dependencies, open_dependencies, parked }: TaskNode) {
  return { dependencies, open_dependencies, parked };
}

/** A goal of an earlier import goes on when it gets an open task. One that was cancelled stays so. */
function openedGoals(nodes: readonly TaskNode[], { goals }: KnownRows): Set<string> {
  const idle = new Set(
    [...goals.values()].filter(({ status }) => ['completed', 'planned'].includes(status)).map(({ id }) => id),
  );
  return new Set(
    nodes.filter(({ goal_id, status }) => idle.has(goal_id) && !isClosedTask(status)).map((node) => node.goal_id),
  );
}
