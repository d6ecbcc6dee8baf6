import fc from 'fast-check';
import type { Edge, PlannedTask } from '../../../src/domain/graph/planned-task.ts';
import { Priority } from '../../../src/domain/priority.ts';
import { TaskStatus } from '../../../src/domain/task-status.ts';

export type AGoal = { tasks: PlannedTask[]; edges: Edge[] };

/** A pending task of medium priority without an effort, but for what is said of it. */
export function aTask(id: string, said: Partial<PlannedTask> = {}): PlannedTask {
  return { id, status: 'pending', priority: 'medium', effortMinutes: null, ...said };
}

/** Edges as text: `edgesOf('B A', 'C A')` says that B and C depend on A. */
export function edgesOf(...pairs: string[]): Edge[] {
  return pairs.map((pair) => {
    const [taskId = '', dependsOnId = ''] = pair.split(' ');
    return { taskId, dependsOnId };
  });
}

/** Few different efforts, so that chains often tie. */
const effort = fc.constantFrom(null, 30, 60, 90, 240, 0, Number.NaN);

function someTasks(maxTasks: number) {
  const said = fc.record({
    status: fc.constantFrom(...TaskStatus.options),
    priority: fc.constantFrom(...Priority.options),
    effortMinutes: effort,
  });
  return fc.array(said, { maxLength: maxTasks }).map((all) => all.map((one, index) => aTask(`T${index}`, one)));
}

/** Pairs of places in a list of tasks, sparse enough that cycles of all lengths and none at all are common. Some repeat. */
const pairs = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 16 });

/** A goal as it may be stored after a bad import: with cycles, repeated edges, tasks in all states, and dependencies on tasks elsewhere. */
export const anyGoal: fc.Arbitrary<AGoal> = fc
  .record({
    tasks: someTasks(9),
    pairs,
    elsewhere: fc.array(
      fc.tuple(fc.nat(), fc.nat(2), fc.option(fc.constantFrom(...TaskStatus.options), { nil: undefined })),
      {
        maxLength: 3,
      },
    ),
  })
  .map(({ tasks, pairs, elsewhere }) => {
    if (tasks.length === 0) return { tasks, edges: [] };
    const id = (place: number) => `T${place % tasks.length}`;
    const inside = pairs.map(([from, to]): Edge => ({ taskId: id(from), dependsOnId: id(to) }));
    const outside = elsewhere.map(([from, to, status]): Edge => {
      const edge = { taskId: id(from), dependsOnId: `X${to}` };
      return status ? { ...edge, dependsOnStatus: status } : edge;
    });
    return { tasks, edges: [...inside, ...outside] };
  });

/** A goal without cycles, whose order of dependencies has nothing to do with the order of the tasks. */
export const acyclicGoal: fc.Arbitrary<AGoal> = fc
  .record({ tasks: someTasks(9), pairs, ranks: fc.array(fc.nat(), { minLength: 9, maxLength: 9 }) })
  .map(({ tasks, pairs, ranks }) => {
    const rank = (place: number) => (ranks[place] ?? 0) * 10 + place;
    const edges = pairs.flatMap(([a, b]): Edge[] => {
      const [one, other] = [a % tasks.length, b % tasks.length];
      if (tasks.length === 0 || one === other) return [];
      const [from, to] = rank(one) > rank(other) ? [one, other] : [other, one];
      return [{ taskId: `T${from}`, dependsOnId: `T${to}` }];
    });
    return { tasks, edges };
  });
