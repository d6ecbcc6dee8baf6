import { findShortestCycle } from '../src/domain/graph/find-shortest-cycle.ts';
import { planGoal } from '../src/domain/graph/plan.ts';
import type { Edge, PlannedTask } from '../src/domain/graph/planned-task.ts';

const RUNS = 15;
const PRIORITIES = ['high', 'medium', 'low'] as const;

/** Each shape gives the tasks that task `node` depends on. They differ in depth, in how many tasks can start, and in how far a task reaches. */
const shapes: Record<string, (node: number, random: () => number) => number[]> = {
  'any three earlier tasks': (node, random) => Array.from({ length: 3 }, () => Math.floor(random() * node)),
  'three of the last 100 tasks': (node, random) =>
    Array.from({ length: 3 }, () => Math.max(0, node - 1 - Math.floor(random() * 100))),
  'one chain': (node) => [1, 2, 3].map((back) => Math.max(0, node - back)),
  'half can start, half wait for six': (node, random) =>
    node % 2 === 0 ? [] : Array.from({ length: 6 }, () => 2 * Math.floor((random() * node) / 2)),
  'layers of 100': (node, random) =>
    node < 100 ? [] : Array.from({ length: 3 }, () => (Math.floor(node / 100) - 1) * 100 + Math.floor(random() * 100)),
};

/** How long planning a goal takes, for graphs of several shapes and sizes: a line a measurement, in milliseconds. */
export async function benchPlan(print: (line: string) => void): Promise<void> {
  for (const size of [1_000, 100_000]) {
    for (const [name, dependenciesOf] of Object.entries(shapes)) {
      const { tasks, edges } = aGoal(size, dependenciesOf);
      const title = `plan ${size.toLocaleString('en')} tasks, ${edges.length.toLocaleString('en')} dependencies: ${name}`;
      print(line(title, await measure(() => planGoal(tasks, edges))));
    }
  }
  for (const [name, { taskIds, edges }] of Object.entries(cycleGraphs())) {
    print(line(`find the shortest cycle: ${name}`, await measure(() => findShortestCycle(taskIds, edges))));
  }
}

function aGoal(size: number, dependenciesOf: (node: number, random: () => number) => number[]) {
  const random = randomNumbers();
  const tasks = Array.from({ length: size }, (_, node): PlannedTask => {
    const effortMinutes = random() < 0.3 ? null : 30 * Math.ceil(random() * 32);
    const priority = PRIORITIES[Math.floor(random() * 3)] ?? 'medium';
    return { id: taskId(node), status: 'pending', priority, effortMinutes };
  });
  const edges = tasks.flatMap(({ id }, node) => edgesTo(id, node === 0 ? [] : dependenciesOf(node, random)));
  return { tasks, edges };
}

function cycleGraphs() {
  const ids = (size: number) => Array.from({ length: size }, (_, node) => taskId(node));
  // each layer depends on the next, and the last on the first; tripling the place lets a task reach all of a layer in few steps
  const ring = (layers: number, width: number, degree: number) => {
    const taskIds = ids(layers * width);
    const next = (node: number, step: number) =>
      ((Math.floor(node / width) + 1) % layers) * width + (((node % width) * 3 + step) % width);
    const edges = taskIds.flatMap((id, node) =>
      edgesTo(
        id,
        Array.from({ length: degree }, (_, step) => next(node, step)),
      ),
    );
    return { taskIds, edges };
  };
  const { tasks, edges } = aGoal(100_000, shapes['any three earlier tasks'] ?? (() => []));
  return {
    'none in 100,000 tasks, 300,000 dependencies': { taskIds: tasks.map((task) => task.id), edges },
    'one of 100,000 tasks': ring(100_000, 1, 1),
    'of 5, in 1,000 tasks with 200 dependencies each, the most a call can hold': ring(5, 200, 200),
    'of 20, in 100,000 tasks, 300,000 dependencies, given up on': ring(20, 5_000, 3),
  };
}

/** IDs are made anew for each edge, as the database driver does: a string that was looked up before is found faster. */
function edgesTo(id: string, dependencies: number[]): Edge[] {
  return dependencies.map((node) => ({ taskId: Buffer.from(id).toString(), dependsOnId: taskId(node) }));
}

function taskId(node: number): string {
  return Buffer.from(`TASK-${String(node + 1).padStart(4, '0')}`).toString();
}

async function measure(run: () => unknown): Promise<number[]> {
  const times: number[] = [];
  while (times.length < RUNS && (times.length < 3 || sum(times) < 3_000)) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
    await new Promise(setImmediate);
  }
  return times.sort((a, b) => a - b);
}

function line(title: string, times: number[]): string {
  const [min, median, max] = [0, times.length >> 1, times.length - 1].map((index) => (times[index] ?? 0).toFixed(1));
  return `${title}: ${median} ms (median of ${times.length}; ${min} to ${max})`;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Mulberry32: the same graphs in each run. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
