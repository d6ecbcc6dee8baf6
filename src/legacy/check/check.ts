import type { Json } from '../../domain/json.ts';
import { Changes, type Counts } from '../report.ts';
import { type AssignedIds, assignIds, type Kind } from './assign-ids.ts';
import { breakCycles, dependenciesOf } from './dependencies.ts';
import { goalRow } from './goal-row.ts';
import { compareTaskList, countTasks, deriveColumns } from './goal-tasks.ts';
import { RecordReader } from './record-reader.ts';
import type { Records } from './records.ts';
import { RecoveredGoals } from './recovered-goals.ts';
import { taskNode, taskRow } from './task-row.ts';
import type { CheckOptions, Existing, GoalRow, LegacyRecords, TaskNode, TaskRow } from './types.ts';

/** Rows that keep every rule of the store, and the changes that this took. */
export interface CheckedRecords {
  goals: GoalRow[];
  tasks: TaskNode[];
  /**
   * The whole row of one task. Its record is read only here: while one task is written the next is read, and memory
   * holds few of them. The first call reports the changes to the record.
   */
  rowOf(task: TaskNode): TaskRow;
  /** The highest numbers in use, the old counters included. New IDs start after them. */
  highest: { goal: number; task: number };
  /** The number of new IDs, from `firstNew` or the end of the old ones on. */
  created: { goal: number; task: number };
  found: Counts;
}

/**
 * Turns records of an old version into rows, whatever state the records are in. It loses nothing that can be kept, and
 * `changes` reports each value that could not be kept as it was. Pure: the same records give the same rows.
 */
export function checkRecords(records: LegacyRecords, options: CheckOptions, changes: Changes): CheckedRecords {
  const ids = assignBoth(records, options, changes);
  const checking = { records, ids, options, changes };
  const rowOf = rowReader(checking);
  const goals = goalRows(checking);
  const { tasks, recovered } = taskNodes(checking, goals, rowOf);
  goals.push(...recovered);
  goals.sort((a, b) => a.number - b.number);
  tasks.sort((a, b) => a.number - b.number);
  breakCycles(tasks, changes);
  compareLists(checking, tasks);
  const kept = { goals: settle(goals, options, changes), tasks: settle(tasks, options, changes) };
  // the report also tells of the values that are left out
  for (const task of tasks) if (!isTaken(task, options)) rowOf(task);
  countTasks(kept.goals, kept.tasks, changes);
  derive(kept, options.existing);
  const highest = highestNumbers(records, ids, changes);
  return { ...kept, rowOf, highest, created: createdIds(ids), found: countRecords(records) };
}

interface BothIds {
  goal: AssignedIds;
  task: AssignedIds;
}

function assignBoth({ goals, tasks, counters }: LegacyRecords, options: CheckOptions, changes: Changes): BothIds {
  const { existing, onConflict, firstNew } = options;
  const assign = (kind: Kind, { heads }: Records, mentioned: Iterable<Json | undefined>) => {
    const first = Math.max(firstNew[kind], (counters[kind] ?? 0) + 1);
    const there = kind === 'goal' ? existing.goals : existing.tasks;
    return assignIds({ kind, heads, existing: there, onConflict, firstNew: first, mentioned, changes });
  };
  const goalIds = new Set([...tasks.heads.values()].map((head) => head.goal_id));
  return { goal: assign('goal', goals, goalIds), task: assign('task', tasks, []) };
}

interface Checking {
  records: LegacyRecords;
  ids: BothIds;
  options: CheckOptions;
  changes: Changes;
}

function readerOf(kind: Kind, key: string, { records, ids, options, changes }: Checking): RecordReader {
  const record = (kind === 'goal' ? records.goals : records.tasks).read(key);
  return new RecordReader(ids[kind].byKey.get(key) as string, record, { changes, zone: options.zone });
}

/** Reports each record once, however often the record is read. */
function rowReader(checking: Checking): CheckedRecords['rowOf'] {
  const told = new Set<TaskNode>();
  return (task) => {
    const changes = told.has(task) ? new Changes() : checking.changes;
    told.add(task);
    return taskRow(task, readerOf('task', task.key, { ...checking, changes }), checking.options.now);
  };
}

function goalRows(checking: Checking): GoalRow[] {
  const { now, existing } = checking.options;
  return [...checking.records.goals.heads.keys()].map((key) => {
    const reader = readerOf('goal', key, checking);
    return goalRow(reader, { now, exists: existing.goals.has(reader.id) });
  });
}

/** The tasks with their goals and dependencies, and the goals that were made for them. */
function taskNodes(
  checking: Checking,
  goals: GoalRow[],
  rowOf: CheckedRecords['rowOf'],
): { tasks: TaskNode[]; recovered: GoalRow[] } {
  const { records, ids, changes } = checking;
  const { existing, onConflict, zone } = checking.options;
  const recovered = new RecoveredGoals({ ids: ids.goal, existing, onConflict, changes });
  const known = new Set(goals.map((goal) => goal.id));
  const tasks = [...records.tasks.heads].map(([key, head]) => {
    const reader = new RecordReader(ids.task.byKey.get(key) as string, head, { changes, zone });
    const task = taskNode(reader, { key, exists: existing.tasks.has(reader.id) });
    const raw = head.goal_id;
    const goalId = ids.goal.resolve(raw);
    task.goal_id = goalId !== undefined && known.has(goalId) ? goalId : recovered.goalFor(rowOf(task), raw);
    task.dependencies = dependenciesOf(reader, ids.task.resolve);
    return task;
  });
  return { tasks, recovered: recovered.rows() };
}

function compareLists(checking: Checking, tasks: TaskNode[]): void {
  const { resolve } = checking.ids.task;
  const goalOf = new Map(tasks.map((task) => [task.id, task.goal_id]));
  const members = new Map<string, string[]>();
  for (const { id, goal_id } of tasks) {
    const list = members.get(goal_id);
    if (list === undefined) members.set(goal_id, [id]);
    else list.push(id);
  }
  for (const key of checking.records.goals.heads.keys()) {
    const reader = readerOf('goal', key, checking);
    compareTaskList({ reader, resolve, goalOf, members: members.get(reader.id) ?? [] });
  }
}

/** Leaves out the rows that the store has already, or reports that they are overwritten. */
function settle<T extends GoalRow | TaskNode>(rows: T[], options: CheckOptions, changes: Changes): T[] {
  const { onConflict } = options;
  for (const { id, exists } of rows) {
    if (exists && onConflict === 'overwrite')
      changes.add('overwritten', id, 'it was there already; it was overwritten');
    if (exists && onConflict === 'skip') changes.add('already_there', id, 'it was there already; it was left as it is');
  }
  return rows.filter((row) => isTaken(row, options));
}

function isTaken({ exists }: { exists: boolean }, { onConflict }: CheckOptions): boolean {
  return !exists || onConflict === 'overwrite';
}

function derive({ goals, tasks }: { goals: GoalRow[]; tasks: TaskNode[] }, existing: Existing): void {
  const statusOf = (rows: (GoalRow | TaskNode)[], there: ReadonlyMap<string, string>) => {
    const statuses = new Map(rows.map((row) => [row.id, row.status as string]));
    return (id: string) => statuses.get(id) ?? there.get(id) ?? '';
  };
  const taskStatus = statusOf(tasks, existing.tasks);
  deriveColumns(tasks, {
    goal: statusOf(goals, existing.goals),
    satisfies: (id) => taskStatus(id) === 'completed',
  });
}

function highestNumbers({ counters }: LegacyRecords, ids: BothIds, changes: Changes): { goal: number; task: number } {
  const highest = (kind: Kind) => {
    const counter = counters[kind];
    const used = ids[kind].highest();
    if (counter !== undefined && counter < used) {
      changes.add('counter', kind, `the ${kind} counter was ${counter}, and the highest number in use is ${used}`, {
        verbatim: counter,
      });
    }
    return Math.max(counter ?? 0, used);
  };
  return { goal: highest('goal'), task: highest('task') };
}

function createdIds(ids: BothIds): { goal: number; task: number } {
  return { goal: ids.goal.created(), task: ids.task.created() };
}

function countRecords({ goals, tasks }: LegacyRecords): Counts {
  let dependencies = 0;
  for (const head of tasks.heads.values())
    dependencies += Array.isArray(head.dependencies) ? head.dependencies.length : 0;
  return { goals: goals.heads.size, tasks: tasks.heads.size, dependencies };
}
