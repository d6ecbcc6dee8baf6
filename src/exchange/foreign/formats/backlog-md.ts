import { parseDocument } from 'yaml';
import { readMarked } from '../../../domain/criterion-text.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { Priority } from '../../../domain/priority.ts';
import { wordMeant } from '../../../domain/words.ts';
import { Fields, isObject } from '../fields.ts';
import {
  described,
  type ForeignCriterion,
  type ForeignGoal,
  type ForeignNote,
  type ForeignPlan,
  type ForeignTask,
  type Reading,
  type SourceFile,
} from '../plan.ts';
import { brokenFile, notOfTool } from '../read-json.ts';
import { statusOf, unknownPriority } from '../statuses.ts';
import { type Section, sectionsOf } from './backlog-md-sections.ts';

/** A file of Backlog.md: its front matter and the text below it. */
interface Page {
  path: string;
  fields: Fields;
  body: string;
}

interface Board {
  name: string;
  /** The board's columns in their order. */
  statuses: string[];
}

/** A Backlog.md project: a Markdown file a task, its fields in the front matter. A milestone is a goal. */
export function readBacklogMd({ files, project }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  const config = new Fields(configOf(files));
  const board: Board = { name: config.text('project_name') ?? project, statuses: config.texts('statuses') };
  const milestones = new Map<string, ForeignGoal>();
  const goalNames = new Map<string, string | undefined>();
  for (const page of files.filter(({ path }) => path.endsWith('.md')).map(pageOf)) {
    const id = page.fields.text('id');
    if (id === undefined) {
      plan.leftOut.push({ where: page.path, message: 'it has no front matter with an id' });
    } else if (isIn(page, 'milestones')) {
      milestones.set(id.toLowerCase(), milestoneOf(page, id));
    } else {
      goalNames.set(id.toUpperCase(), page.fields.text('milestone'));
      plan.tasks.push(taskOf(page, id.toUpperCase(), board));
    }
  }
  if (plan.tasks.length === 0) {
    throw notOfTool(files[0]?.path ?? project, 'Backlog.md', 'no file has a front matter with an id');
  }
  addGoals(plan, { goalNames, milestones, board });
  return plan;
}

function configOf(files: readonly SourceFile[]): JsonObject {
  const file = files.find(({ path }) => /\.ya?ml$/.test(path));
  return file === undefined ? {} : yamlOf(file.path, file.text, 0);
}

function pageOf({ path, text }: SourceFile): Page {
  const [whole, front] = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ?? [''];
  if (front === undefined) return { path, fields: new Fields({}), body: text };
  return { path, fields: new Fields(yamlOf(path, front, 1)), body: text.slice(whole.length) };
}

function yamlOf(path: string, text: string, linesBefore: number): JsonObject {
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [at] = broken.linePos ?? [{ line: 1, col: 1 }];
    const what = (broken.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    throw brokenFile(path, { line: at.line + linesBefore, column: at.col }, what);
  }
  // JSON has no dates, and YAML's core schema makes none
  const value = document.toJS({ maxAliasCount: 0 });
  return isObject(value) ? value : {};
}

/** Whether a page is in this folder of the project, or in a folder of that. */
function isIn({ path }: Page, folder: string): boolean {
  const [grandparent, parent] = path.replaceAll('\\', '/').split('/').slice(-3, -1);
  return parent === folder || (folder === 'archive' && grandparent === folder);
}

function milestoneOf({ fields, body }: Page, id: string): ForeignGoal {
  fields.ignore('id');
  const sections = sectionsOf(body);
  return {
    id: id.toLowerCase(),
    description: described(fields.text('title') ?? id, ...sections.map(asPart)),
    created: timeIn(fields, 'created_date'),
    updated: timeIn(fields, 'updated_date'),
    dependencies: [],
    notes: [],
    kept: fields.kept(),
    told: [],
  };
}

function asPart({ heading, text }: Section): [string, string] {
  return [heading === 'Description' ? '' : heading, text];
}

/** Parts that tell of the work, not of the task. */
const noteHeadings = new Set(['Implementation Notes', 'Final Summary']);

function taskOf(page: Page, id: string, board: Board): ForeignTask {
  const { fields } = page;
  fields.ignore('id', 'milestone', 'ordinal');
  const sections = sectionsOf(page.body);
  const { left, criteria } = criteriaIn(sections);
  const parts = left.filter(({ heading }) => !noteHeadings.has(heading) && heading !== 'Comments');
  const { status, kept, told } = statusIn(page, board);
  const priority = fields.text('priority');
  const parent = fields.text('parent_task_id') ?? /^(.+)\.\d+$/.exec(id)?.[1];
  const due = fields.text('due_date');
  return {
    id,
    goal: '',
    parent: parent?.toUpperCase(),
    description: described(fields.text('title') ?? '', ...parts.map(asPart)),
    status,
    priority: wordMeant(Priority, priority),
    dependencies: fields.texts('dependencies').map((each) => each.toUpperCase()),
    type: fields.text('type'),
    labels: fields.texts('labels'),
    criteria,
    due,
    created: timeIn(fields, 'created_date'),
    updated: timeIn(fields, 'updated_date'),
    notes: [
      ...sections
        .filter(({ heading }) => noteHeadings.has(heading))
        .map(({ heading, text }) => ({ text: `${heading}:\n${text}` })),
      ...sections.filter(({ heading }) => heading === 'Comments').flatMap(({ text }) => commentsIn(text)),
    ],
    kept: [...kept, ...unknownPriority(priority), ...fields.kept()],
    told,
  };
}

const criteriaHeadings = new Set(['Acceptance Criteria', 'Definition of Done']);
/** `- [x] #1 A table of prices` */
const criterionLine = /^- \[[ xX]\] (?:#\d+ )?/;

/** The boxes of the parts that say when a task is done, and the parts without these. */
function criteriaIn(sections: Section[]): { left: Section[]; criteria: ForeignCriterion[] } {
  const criteria: ForeignCriterion[] = [];
  const left = sections.flatMap((section) => {
    if (!criteriaHeadings.has(section.heading)) return [section];
    const lines = section.text.split('\n');
    const boxes = lines.filter((line) => criterionLine.test(line));
    criteria.push(...boxes.map((line) => readMarked(line.replace(/(?<=\] )#\d+ /, ''))));
    const text = lines
      .filter((line) => !criterionLine.test(line))
      .join('\n')
      .trim();
    return text === '' ? [] : [{ ...section, text }];
  });
  return { left, criteria };
}

/** The status in our words. Of a board with columns of its own, the last one is done, and those between are under way. */
function statusIn(page: Page, { statuses }: Board): Pick<ForeignTask, 'status' | 'kept' | 'told'> {
  const word = page.fields.text('status');
  const place = statuses.findIndex((each) => each.toLowerCase() === word?.toLowerCase());
  const known = statusOf(word);
  const isOwn = known.told.length > 0 && place >= 0;
  const meant = !isOwn
    ? known
    : place === statuses.length - 1
      ? statusOf('done')
      : place === 0
        ? statusOf('todo')
        : statusOf('in progress');
  const kept = isOwn ? [`status: ${word}`] : meant.kept;
  if (isIn(page, 'archive') && meant.status !== 'completed') {
    return { ...statusOf('archived'), kept: [`status: ${word}, archived`] };
  }
  return isIn(page, 'drafts') ? { ...meant, kept: ['status: Draft'] } : { ...meant, kept };
}

/** Backlog.md writes UTC, to the minute, and no zone. */
function timeIn(fields: Fields, name: string): string | undefined {
  const text = fields.text(name);
  return text !== undefined && /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?$/.test(text) ? `${text}Z` : text;
}

/** Each comment: lines with its fields, a line of dashes, its text, a line of dashes. */
function commentsIn(text: string): ForeignNote[] {
  const parts = text.split(/^---[ \t]*$/m).map((part) => part.trim());
  const notes: ForeignNote[] = [];
  for (let place = 0; place < parts.length; place += 2) {
    const [head = '', body = ''] = parts.slice(place, place + 2);
    const fieldOf = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(head)?.[1]?.trim();
    const at = timeIn(new Fields({ at: fieldOf('created') ?? '' }), 'at');
    if (body !== '') notes.push({ text: body, actor: fieldOf('author'), at });
    else if (head !== '') notes.push({ text: head });
  }
  return notes;
}

/** The goal of tasks that belong to no milestone. */
const noMilestone = '(no milestone)';

interface Milestones {
  /** By the task's ID. */
  goalNames: ReadonlyMap<string, string | undefined>;
  milestones: ReadonlyMap<string, ForeignGoal>;
  board: Board;
}

/** A task names its milestone by ID or by title. A part that names none goes with the whole. */
function addGoals(plan: ForeignPlan, { goalNames, milestones, board }: Milestones): void {
  const goals = new Map(milestones);
  const byTitle = new Map(
    [...milestones.values()].map((goal) => [goal.description.split('\n')[0]?.toLowerCase(), goal.id]),
  );
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  for (const task of plan.tasks) {
    const seen = new Set<string>();
    let at: ForeignTask | undefined = task;
    while (at !== undefined && goalNames.get(at.id) === undefined && !seen.has(at.id)) {
      seen.add(at.id);
      at = byId.get(at.parent ?? '');
    }
    const name = at === undefined ? undefined : goalNames.get(at.id);
    const id = name === undefined ? noMilestone : (byTitle.get(name.toLowerCase()) ?? name.toLowerCase());
    if (!goals.has(id)) {
      goals.set(id, { id, description: name ?? board.name, dependencies: [], notes: [], kept: [], told: [] });
    }
    task.goal = id;
  }
  plan.goals.push(...goals.values());
}
