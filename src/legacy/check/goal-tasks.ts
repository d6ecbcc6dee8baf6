import { isClosedGoal } from '../../domain/closed-goal.ts';
import { isClosedTask } from '../../domain/closed-task.ts';
import type { Json } from '../../domain/json.ts';
import type { Changes } from '../report.ts';
import { type RecordReader, shown } from './record-reader.ts';
import type { GoalRow, TaskNode } from './types.ts';

/** A goal's own list of its tasks, as its record has it. */
export interface TaskList {
  reader: RecordReader;
  resolve: (reference: Json | undefined) => string | undefined;
  /** By ID: the goal that each task belongs to. */
  goalOf: ReadonlyMap<string, string>;
  /** The IDs of the goal's tasks, by number. */
  members: readonly string[];
}

/** Compares a goal's list with the tasks that name the goal. The tasks decide; each difference is reported. */
export function compareTaskList({ reader, resolve, goalOf, members }: TaskList): void {
  const listed = new Set<string>();
  const list = reader.list('tasks');
  for (const entry of list) {
    const id = resolve(entry);
    const goal = id === undefined ? undefined : goalOf.get(id);
    if (id === undefined || goal === undefined) {
      reader.report('listed_task_missing', 'tasks', `it listed ${shown(entry)}, which is not there`, entry);
    } else if (goal !== reader.id) {
      reader.report('listed_task_elsewhere', 'tasks', `it listed ${id}, which belongs to ${goal}`, entry);
    } else if (listed.has(id)) {
      reader.report('task_order', 'tasks', `it listed ${id} twice`, entry);
    } else {
      listed.add(id);
    }
  }
  const unlisted = members.filter((id) => !listed.has(id));
  for (const id of unlisted) reader.report('task_not_listed', 'tasks', `${id} belongs to it and was not listed`);
  const common = members.filter((id) => listed.has(id));
  const order = [...listed];
  if (order.some((id, place) => id !== common[place])) {
    reader.report('task_order', 'tasks', 'it listed its tasks in another order than that of their numbers', list);
  }
}

/** Counts each goal's tasks, completes goals in progress without open tasks, and parks the tasks of closed goals. */
export function countTasks(goals: readonly GoalRow[], tasks: readonly TaskNode[], changes: Changes): void {
  const byId = new Map(goals.map((goal) => [goal.id, goal]));
  for (const task of tasks) {
    const goal = byId.get(task.goal_id);
    if (goal === undefined) continue;
    goal.total_tasks += 1;
    goal.open_tasks += isClosedTask(task.status) ? 0 : 1;
  }
  for (const goal of goals) {
    if (goal.status !== 'in_progress' || goal.total_tasks === 0 || goal.open_tasks > 0) continue;
    goal.status = 'completed';
    changes.add('goal_completed', goal.id, 'it was in_progress and none of its tasks is open; it is completed now', {
      field: 'status',
      verbatim: 'in_progress',
    });
  }
}

/**
 * The values that the store derives from the rows: the number of a task's open dependencies, and whether its goal is
 * closed.
 */
export function deriveColumns(
  tasks: readonly Omit<TaskNode, 'key'>[],
  statusOf: { goal: (id: string) => string; satisfies: (taskId: string) => boolean },
): void {
  for (const task of tasks) {
    task.open_dependencies = task.dependencies.filter((id) => !statusOf.satisfies(id)).length;
    task.parked = !isClosedTask(task.status) && isClosedGoal(statusOf.goal(task.goal_id));
  }
}
