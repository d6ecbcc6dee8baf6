import { isClosedTask } from '../../domain/closed-task.ts';
import { goalIdOf, taskIdOf } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { breakCycles } from '../../legacy/check/dependencies.ts';
import { deriveColumns } from '../../legacy/check/goal-tasks.ts';
import type { GoalRow, TaskNode, TaskRow } from '../../legacy/check/types.ts';
import type { TimeZone } from '../../legacy/local-time.ts';
import type { Changes, Counts, ImportedIds } from '../../legacy/report.ts';
import { distinct } from './distinct.ts';
import { type Links, linkTasks } from './link-tasks.ts';
import type { ForeignGoal, ForeignPlan, ForeignTask } from './plan.ts';
import { goalRow, type NewNote, type Placed, taskRow } from './row.ts';

/** Rows of an earlier import that are still there, by the tool's IDs. */
export interface KnownRows {
  goals: ReadonlyMap<string, KnownRow>;
  tasks: ReadonlyMap<string, KnownRow>;
}

export interface KnownRow {
  id: string;
  status: string;
  /** Of a task: those that depend on it may go on. */
  satisfies?: boolean;
}

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
  goals: GoalRow[];
  tasks: TaskNode[];
  rowOf(task: TaskNode): TaskRow;
  notes: NewNote[];
  /** Goals of an earlier import that were completed or planned and get open tasks. */
  goalsToOpen: string[];
  ids: ImportedIds;
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
  const goals = newGoals(plan, ids, placed);
  const { nodes, rows } = newTasks(plan, { ids, links, placed });
  breakCycles(nodes, changes);
  const open = openedGoals(nodes, options.known);
  settle(goals, nodes, { known: options.known, open, rows });
  for (const node of nodes) Object.assign(rows.get(node.id) ?? {}, derivedOf(node));
  const count = (lists: Iterable<readonly string[]>) => [...lists].reduce((sum, list) => sum + list.length, 0);
  return {
    goals,
    tasks: nodes,
    rowOf: (task) => rows.get(task.id) as TaskRow,
    notes: placed.notes,
    goalsToOpen: [...open],
    ids: { goals: Object.fromEntries(ids.newGoals), tasks: Object.fromEntries(ids.newTasks) },
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
    there: ReadonlyMap<string, KnownRow>,
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
  for (const { id } of goals) {
    const row = known.goals.get(id);
    if (row !== undefined) changes.add('already_there', row.id, `it is ${id}, which was imported before`);
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

function newGoals({ goals, tasks }: ForeignPlan, ids: Assigned, placed: Placed): GoalRow[] {
  const tasksOf = new Map<string, ForeignTask[]>(goals.map(({ id }) => [id, []]));
  for (const task of tasks) tasksOf.get(task.goal)?.push(task);
  return goals.flatMap((goal: ForeignGoal) => {
    const id = ids.newGoals.get(goal.id);
    return id === undefined ? [] : [goalRow(goal, { id, tasks: tasksOf.get(goal.id) ?? [], placed })];
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

/** The columns that follow from other rows. */
function settle(
  goals: readonly GoalRow[],
  nodes: readonly TaskNode[],
  { known, open, rows }: { known: KnownRows; open: ReadonlySet<string>; rows: ReadonlyMap<string, TaskRow> },
): void {
  const goalStatus = new Map(
    [...known.goals.values()].map(({ id, status }) => [id, open.has(id) ? 'in_progress' : status]),
  );
  const taskStatus = new Map(
    [...known.tasks.values()].map(({ id, status, satisfies }) => [id, satisfies === true ? 'completed' : status]),
  );
  for (const { id, status } of goals) goalStatus.set(id, status);
  for (const { id, status } of nodes) taskStatus.set(id, rows.get(id)?.waived === true ? 'completed' : status);
  deriveColumns(nodes, {
    goal: (id) => goalStatus.get(id) ?? '',
    satisfies: (id) => taskStatus.get(id) === 'completed',
  });
  const byId = new Map(goals.map((goal) => [goal.id, goal]));
  for (const { goal_id, status } of nodes) {
    const goal = byId.get(goal_id);
    if (goal === undefined) continue;
    goal.total_tasks += 1;
    goal.open_tasks += isClosedTask(status) ? 0 : 1;
  }
}
