import { escaped, escapedFirstLine } from './checklist/marks.ts';
import { type Item, type Problem, readItems } from './checklist/read-items.ts';
import { readCriterion, writeCriterion } from './criterion-text.ts';
import { describeCycle } from './graph/describe-cycle.ts';
import { findShortestCycle } from './graph/find-shortest-cycle.ts';
import { parseTaskId } from './id-text.ts';
import type { Priority } from './priority.ts';

/** A task of a checklist, as break_down_goal takes it; `completed` is for whoever creates it. */
export interface ChecklistTask {
  key: string;
  description: string;
  /** Keys of the same list, and IDs of tasks that exist. */
  dependencies: string[];
  estimated_effort?: string;
  priority?: Priority;
  completed?: true;
  criteria?: ChecklistCriterion[];
}

/** `met` is for whoever creates the task. */
export interface ChecklistCriterion {
  text: string;
  human?: true;
  met?: true;
}

export interface Checklist {
  /** In the order in which they can be done: what stands below an item comes before it. */
  subtasks: ChecklistTask[];
  /** What could not be read as it was meant, each with its line. */
  problems: Problem[];
}

/**
 * The tasks of a Markdown list. Items below an item are its parts: the item depends on them. Numbered items are done in
 * their order. At the end of an item's line may stand its effort `(4h)`, its priority `!high`, a name for it `{#api}`, and
 * what it waits for: `after: api, TASK-0001`. `[x]` is a task that is completed. An item that begins with `criterion:` says
 * when the item above it is done.
 *
 * @param elsewhere - names of items of other lists that items of this one may wait for
 */
export function parseChecklist(text: string, elsewhere: ReadonlySet<string> = new Set()): Checklist {
  const { roots, problems } = readItems(text);
  const items: { item: Item; base: Item | undefined }[] = [];
  inOrder(roots, undefined, items);
  const keys = keysOf(
    items.map(({ item }) => item),
    problems,
  );
  const named = new Set(keys.values());
  const subtasks = items.map(({ item, base }): ChecklistTask => {
    const { estimated_effort, priority } = item;
    const known = item.after.filter((name) => isKnown(name, item, { named, elsewhere, problems }));
    const parts = item.children.map((child) => keys.get(child) as string);
    const before = base === undefined || parts.length > 0 ? [] : [keys.get(base) as string];
    return {
      key: keys.get(item) as string,
      description: item.text,
      dependencies: [
        ...new Set([
          ...parts,
          ...known.map((name) => (named.has(name) || elsewhere.has(name) ? name : (parseTaskId(name) ?? name))),
          ...before,
        ]),
      ],
      ...(estimated_effort !== undefined && { estimated_effort }),
      ...(priority !== undefined && { priority }),
      ...(item.completed && { completed: true as const }),
      ...(item.criteria.length > 0 && { criteria: criteriaOf(item, problems) }),
    };
  });
  return { subtasks, problems: [...problems, ...cycleProblems(items, subtasks)].toSorted((a, b) => a.line - b.line) };
}

function criteriaOf({ criteria }: Item, problems: Problem[]): ChecklistCriterion[] {
  for (const { line } of criteria.flatMap(({ children, criteria }) => [...children, ...criteria])) {
    problems.push({ line, message: 'stands below a criterion and was left out; put it below the task' });
  }
  return criteria.map(({ text, completed }) => {
    const { human, ...criterion } = readCriterion(text);
    return { ...criterion, ...(human && { human: true as const }), ...(completed && { met: true as const }) };
  });
}

/** Children before their parent. `base` is the numbered item that has to be completed before an item begins. */
function inOrder(siblings: Item[], base: Item | undefined, items: { item: Item; base: Item | undefined }[]): void {
  let before = base;
  for (const item of siblings) {
    inOrder(item.children, before, items);
    items.push({ item, base: before });
    before = item.numbered ? item : base;
  }
}

function keysOf(items: Item[], problems: Problem[]): Map<Item, string> {
  const keys = new Map<Item, string>();
  const taken = new Set<string>();
  for (const item of items) {
    const { key, line } = item;
    if (key === undefined) continue;
    if (taken.has(key) || parseTaskId(key) !== undefined) {
      problems.push({
        line,
        message: `is named ${key}, which is ${taken.has(key) ? 'the name of another item' : 'a task ID'}; choose another name`,
      });
      continue;
    }
    taken.add(key);
    keys.set(item, key);
  }
  items.forEach((item, place) => {
    if (keys.has(item)) return;
    let key = `t${place + 1}`;
    while (taken.has(key)) key += '-';
    taken.add(key);
    keys.set(item, key);
  });
  return keys;
}

function isKnown(
  name: string,
  { line }: Item,
  { named, elsewhere, problems }: { named: Set<string>; elsewhere: ReadonlySet<string>; problems: Problem[] },
): boolean {
  if (named.has(name) || elsewhere.has(name) || parseTaskId(name) !== undefined) return true;
  problems.push({ line, message: `waits for ${name}, which is no item {#${name}} of this list and no task ID` });
  return false;
}

function cycleProblems(items: { item: Item }[], subtasks: ChecklistTask[]): Problem[] {
  const cycle = findShortestCycle(
    subtasks.map(({ key }) => key),
    subtasks.flatMap(({ key, dependencies }) => dependencies.map((dependsOnId) => ({ taskId: key, dependsOnId }))),
  );
  if (cycle === undefined) return [];
  const line = items[subtasks.findIndex(({ key }) => key === cycle[0])]?.item.line ?? 1;
  return [{ line, message: `waits for itself: ${describeCycle(cycle)}; take one of these dependencies out` }];
}

/** Deeper than this an item is named and waited for, and not put below another. */
const deepest = 4;

interface Part {
  task: ChecklistTask;
  children: Part[];
  height: number;
}

/**
 * A checklist that {@link parseChecklist} reads as the same tasks, with their descriptions trimmed. A key has no white space,
 * comma or brace, and is no task ID.
 */
export function formatChecklist(tasks: readonly ChecklistTask[]): string {
  const done: Part[] = [];
  for (const task of tasks) {
    const children = done.splice(done.length - partsOf(task, done));
    done.push({ task, children, height: 1 + Math.max(0, ...children.map(({ height }) => height)) });
  }
  const needed = namesNeeded(done);
  return done.map((part) => formatPart(part, needed, '')).join('');
}

/** How many of the last subtrees are what the task depends on first, in the same order. */
function partsOf({ dependencies }: ChecklistTask, done: Part[]): number {
  for (let count = Math.min(dependencies.length, done.length); count > 0; count -= 1) {
    const last = done.slice(-count);
    if (last.every(({ task, height }, place) => task.key === dependencies[place] && height < deepest)) return count;
  }
  return 0;
}

/** Tasks whose names stand in the text: those that others wait for from afar, and those that would get another name. */
function namesNeeded(parts: Part[]): Set<string> {
  const names = new Set<string>();
  let place = 0;
  const visit = ({ task, children }: Part) => {
    children.forEach(visit);
    place += 1;
    if (task.key !== `t${place}`) names.add(task.key);
    for (const name of task.dependencies.slice(children.length)) names.add(name);
  };
  parts.forEach(visit);
  return names;
}

function formatPart({ task, children }: Part, needed: ReadonlySet<string>, indent: string): string {
  const { key, description, dependencies, estimated_effort, priority, completed, criteria = [] } = task;
  const [first = '', ...further] = linesOf(description);
  const after = dependencies.slice(children.length);
  const marks = [
    ...(estimated_effort === undefined ? [] : [`(${estimated_effort.trim().replaceAll(/\s+/g, ' ')})`]),
    ...(priority === undefined ? [] : [`!${priority}`]),
    ...(needed.has(key) ? [`{#${key}}`] : []),
    ...(after.length === 0 ? [] : [`after: ${after.join(', ')}`]),
  ];
  const head = `${indent}- [${completed ? 'x' : ' '}] ${[escapedFirstLine(first.trim()), ...marks].join(' ')}\n`;
  const inside = `${indent}  `;
  const done = criteria.map((criterion) => formatCriterion(criterion, inside));
  const below = children.map((child) => formatPart(child, needed, inside));
  return [head, furtherLines(further, inside), ...done, ...below].join('');
}

function formatCriterion(criterion: ChecklistCriterion, indent: string): string {
  const [first = '', ...further] = linesOf(writeCriterion(criterion));
  const head = `${indent}- [${criterion.met ? 'x' : ' '}] criterion: ${escaped(first.trim())}\n`;
  return `${head}${furtherLines(further, `${indent}  `)}`;
}

const linesOf = (text: string) => text.trim().split(/\r\n|\n|\r/);

function furtherLines(lines: readonly string[], indent: string): string {
  return lines.map((line) => (line.trim() === '' ? '\n' : `${indent}${furtherLine(line)}\n`)).join('');
}

/** A further line of a description that does not read as an item. */
function furtherLine(line: string): string {
  return escaped(line.trimEnd())
    .replace(/^(\s*)([-*+] )/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)] )/, '$1\\$2');
}
