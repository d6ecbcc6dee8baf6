import { type Heading, readHeading } from '../../../domain/checklist/heading-marks.ts';
import { type Item, readItems } from '../../../domain/checklist/read-items.ts';
import { type ChecklistTask, parseChecklist } from '../../../domain/checklist.ts';
import { countedId } from '../counted-id.ts';
import type { ForeignGoal, ForeignPlan, ForeignTask, Reading } from '../plan.ts';
import { notOfTool } from '../read-json.ts';

/** The lines below one heading, up to the next. */
interface Section {
  /** The texts of the headings that it stands below, the outermost first. */
  headings: string[];
  /** What its heading is known by, and under which other it is. */
  marks: Omit<Heading, 'text'>;
  /** Of its first line, from 1. */
  line: number;
  lines: string[];
  /** The names that its items have, as `{#api}`. */
  names: Set<string>;
}

/**
 * The lists of a Markdown file: what stands below a heading is a goal, an item of a list a task, as `goal-agent break`
 * reads lists. An item may wait for a named one below another heading. A heading may name another one that its goal is
 * under; both are goals then, with lists or without.
 */
export function readMarkdown({ files, project }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  for (const file of files) {
    const sections = sectionsOf(file.text);
    const before = plan.goals.length;
    addSections(plan, sections, project);
    if (plan.goals.length === before)
      throw notOfTool(file.path, 'tasks', 'it has no list; a task is a line with "- " in front');
  }
  return plan;
}

function sectionsOf(text: string): Section[] {
  const sections: Section[] = [{ headings: [], marks: {}, line: 1, lines: [], names: new Set() }];
  let path: { level: number; text: string }[] = [];
  text.split(/\r\n|\n|\r/).forEach((line, place) => {
    const [, signs, title] = /^(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line) ?? [];
    if (signs === undefined) {
      sections.at(-1)?.lines.push(line);
      return;
    }
    const { text, ...marks } = readHeading(title ?? '');
    path = [...path.filter(({ level }) => level < signs.length), { level: signs.length, text }];
    const headings = path.map((heading) => heading.text).filter((heading) => heading !== '');
    sections.push({ headings, marks, line: place + 2, lines: [], names: new Set() });
  });
  for (const section of sections) {
    for (const name of namesIn(readItems(section.lines.join('\n')).roots)) section.names.add(name);
  }
  return sections;
}

function* namesIn(items: readonly Item[]): Iterable<string> {
  for (const { key, children } of items) {
    if (key !== undefined) yield key;
    yield* namesIn(children);
  }
}

/** The goal of items that stand below no heading. */
const noHeading = '(no heading)';

function addSections(plan: ForeignPlan, sections: readonly Section[], project: string): void {
  const occurrences = { goals: new Map<string, number>(), tasks: new Map<string, number>() };
  const named = new Map<string, string>();
  const all = new Set(sections.flatMap(({ names }) => [...names]));
  const waiting: { task: ForeignTask; names: string[] }[] = [];
  const tree = new Tree(sections);
  for (const section of sections) {
    const { subtasks, problems } = parseChecklist(section.lines.join('\n'), all);
    const told = problems.map(({ line, message }) => ({
      line: section.line + line - 1,
      message,
      text: section.lines[line - 1] ?? '',
    }));
    if (subtasks.length === 0 && !tree.has(section)) {
      for (const { line, text } of told)
        plan.leftOut.push({ where: `line ${line}`, message: 'it is in no list', verbatim: text });
      continue;
    }
    const heading = section.headings.join(' / ');
    const goal: ForeignGoal = {
      id: countedId(heading === '' ? noHeading : heading, occurrences.goals),
      description: heading === '' ? project : heading,
      dependencies: [],
      notes: [],
      kept: told.map(({ line, text, message }) => `line ${line} ${message}: ${text.trim()}`),
      told: [],
    };
    plan.goals.push(goal);
    tree.add(goal, section);
    const own = new Map(
      subtasks.map(({ key, description }) => [
        key,
        idOf(key, description, { section, goal, occurrences: occurrences.tasks }),
      ]),
    );
    for (const name of section.names) if (!named.has(name)) named.set(name, own.get(name) ?? name);
    for (const subtask of subtasks) {
      const task = taskOf(subtask, { id: own.get(subtask.key) ?? subtask.key, goal: goal.id });
      plan.tasks.push(task);
      waiting.push({ task, names: subtask.dependencies.map((name) => own.get(name) ?? name) });
    }
  }
  tree.link();
  // a section may wait for one further down
  for (const { task, names } of waiting) task.dependencies = names.map((name) => named.get(name) ?? name);
}

/** The goals of a file whose headings say what is under what. */
class Tree {
  readonly #named = new Map<string, ForeignGoal>();
  readonly #under: { goal: ForeignGoal; name: string }[] = [];
  readonly #parents: ReadonlySet<string | undefined>;

  constructor(sections: readonly Section[]) {
    this.#parents = new Set(sections.map(({ marks }) => marks.under));
  }

  /** Whether a section is a goal even without a list. */
  has({ marks: { key, under } }: Section): boolean {
    return under !== undefined || (key !== undefined && this.#parents.has(key));
  }

  add(goal: ForeignGoal, { marks: { key, under } }: Section): void {
    if (under !== undefined) this.#under.push({ goal, name: under });
    if (key === undefined) return;
    const message = `its name {#${key}} is that of another heading, which is meant`;
    if (this.#named.has(key)) goal.told.push({ kind: 'duplicate_id', field: 'name', message, verbatim: key });
    else this.#named.set(key, goal);
  }

  /** A goal may be under one further down. A name that no heading has is told when the rows are made. */
  link(): void {
    for (const { goal, name } of this.#under) goal.parent = this.#named.get(name)?.id ?? `{#${name}}`;
  }
}

interface ItemPlace {
  section: Section;
  goal: ForeignGoal;
  occurrences: Map<string, number>;
}

/** A name that the file gives, or the text: an item whose text changes is another one. */
function idOf(key: string, description: string, { section, goal, occurrences }: ItemPlace): string {
  return countedId(section.names.has(key) ? `#${key}` : `${goal.id} / ${description.split('\n')[0]}`, occurrences);
}

function taskOf(subtask: ChecklistTask, { id, goal }: { id: string; goal: string }): ForeignTask {
  return {
    id,
    goal,
    description: subtask.description,
    status: subtask.completed === true ? 'completed' : 'pending',
    priority: subtask.priority,
    effort: subtask.estimated_effort,
    criteria: subtask.criteria?.map(({ met = false, ...criterion }) => ({ ...criterion, isMet: met })),
    dependencies: [],
    notes: [],
    kept: [],
    told: [],
  };
}
