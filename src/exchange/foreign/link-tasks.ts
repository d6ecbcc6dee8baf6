import type { ForeignGoal, ForeignPlan, ForeignTask } from './plan.ts';

/** For each task, the IDs that it waits for in the file's order, unknown ones among them. */
export type Links = Map<string, string[]>;

/**
 * What each task of a plan waits for. A task waits for its parts, and its parts wait for what it waits for: otherwise a
 * part would be ready too early. A goal's ID stands for those of its tasks that are part of no other.
 */
export function linkTasks({ goals, tasks }: Pick<ForeignPlan, 'goals' | 'tasks'>): Links {
  const tree = treeOf(tasks);
  const goalIds = new Set(goals.map((goal) => goal.id));
  const expand = (id: string) =>
    tree.byId.has(id) || !goalIds.has(id) ? [id] : (tree.tops.get(id) ?? []).map((top) => top.id);
  const links: Links = new Map();
  for (const task of tasks) {
    const parts = (tree.parts.get(task.id) ?? []).map((part) => part.id);
    links.set(task.id, [...parts, ...task.dependencies.flatMap(expand)]);
  }
  for (const goal of goals) inheritFromGoal(goal, { tree, links, expand });
  return links;
}

interface Tree {
  byId: ReadonlyMap<string, ForeignTask>;
  parts: ReadonlyMap<string, ForeignTask[]>;
  /** By goal: the tasks that are part of no other task. */
  tops: ReadonlyMap<string, ForeignTask[]>;
}

function treeOf(tasks: readonly ForeignTask[]): Tree {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const parts = new Map<string, ForeignTask[]>();
  const tops = new Map<string, ForeignTask[]>();
  for (const task of tasks) {
    const isPart = task.parent !== undefined && byId.has(task.parent);
    const [map, key] = isPart ? [parts, task.parent ?? ''] : [tops, task.goal];
    const list = map.get(key);
    if (list === undefined) map.set(key, [task]);
    else list.push(task);
  }
  return { byId, parts, tops };
}

interface Inheriting {
  tree: Tree;
  links: Links;
  expand: (id: string) => string[];
}

function inheritFromGoal(goal: ForeignGoal, inheriting: Inheriting): void {
  const { tree, expand } = inheriting;
  const waiting = [{ siblings: tree.tops.get(goal.id) ?? [], from: goal.dependencies.flatMap(expand) }];
  // no recursion: parts may be as deep as there are tasks
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { siblings, from } = next;
    const ids = new Set(siblings.map((task) => task.id));
    for (const task of siblings) {
      const parts = tree.parts.get(task.id) ?? [];
      const comesFirst = !task.dependencies.some((id) => ids.has(id));
      const inherited = comesFirst && task.status !== 'completed' ? from : [];
      if (parts.length === 0) addLinks(task, inherited, inheriting.links);
      else waiting.push({ siblings: parts, from: [...inherited, ...task.dependencies.flatMap(expand)] });
    }
  }
}

/** Without those that lead back to the task: what a file says itself goes before what follows from it. */
function addLinks({ id }: ForeignTask, inherited: readonly string[], links: Links): void {
  const own = links.get(id) ?? [];
  for (const each of inherited) {
    if (!own.includes(each) && each !== id && !reaches(each, id, links)) own.push(each);
  }
}

function reaches(from: string, to: string, links: Links): boolean {
  const seen = new Set([from]);
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === to) return true;
    for (const next of links.get(id) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return false;
}
