import { describeCycle } from '../../domain/graph/describe-cycle.ts';
import type { Json } from '../../domain/json.ts';
import type { Changes } from '../report.ts';
import { type RecordReader, shown } from './record-reader.ts';
import type { TaskNode } from './types.ts';

/**
 * The IDs of a task's dependencies, in the record's order, each once. An entry that names no task of the import is left
 * out.
 */
export function dependenciesOf(
  reader: RecordReader,
  resolve: (reference: Json | undefined) => string | undefined,
): string[] {
  const kept = new Set<string>();
  for (const entry of reader.list('dependencies')) {
    const id = resolve(entry);
    if (id === undefined) missing(reader, entry);
    else if (id === reader.id) reader.report('cycle', 'dependencies', 'it depended on itself', entry);
    else if (kept.has(id)) reader.report('duplicate_dependency', 'dependencies', `${id} was named twice`, entry);
    else kept.add(id);
  }
  return [...kept];
}

function missing(reader: RecordReader, entry: Json): void {
  reader.report('missing_dependency', 'dependencies', `it depended on ${shown(entry)}, which is not there`, entry);
}

/**
 * Leaves out one dependency of each cycle. A walk from the lowest number on finds it: it leads back to a task of the
 * present path. Linear in tasks and dependencies, and without recursion, because a chain may have as many links as
 * there are tasks.
 */
export function breakCycles(tasks: readonly TaskNode[], changes: Changes): void {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const finished = new Set<TaskNode>();
  const onPath = new Set<TaskNode>();
  for (const root of tasks) {
    const path = finished.has(root) ? [] : [{ task: root, next: 0 }];
    if (path.length > 0) onPath.add(root);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const id = step.task.dependencies[step.next];
      const dependency = id === undefined ? undefined : byId.get(id);
      step.next += 1;
      if (id === undefined) {
        finished.add(step.task);
        onPath.delete(step.task);
        path.pop();
      } else if (dependency !== undefined && onPath.has(dependency)) {
        leaveOut(
          step.task,
          dependency,
          path.map((each) => each.task),
          changes,
        );
        step.next -= 1;
      } else if (dependency !== undefined && !finished.has(dependency)) {
        onPath.add(dependency);
        path.push({ task: dependency, next: 0 });
      }
    }
  }
}

function leaveOut(task: TaskNode, dependency: TaskNode, path: TaskNode[], changes: Changes): void {
  const cycle = [...path.slice(path.indexOf(dependency)), dependency].map((each) => each.id);
  task.dependencies = task.dependencies.filter((id) => id !== dependency.id);
  changes.add('cycle', task.id, `its dependency on ${dependency.id} closed the cycle ${describeCycle(cycle)}`, {
    field: 'dependencies',
    verbatim: dependency.id,
  });
}
