import { isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type ChecklistCriterion, type ChecklistTask, parseChecklist } from '../domain/checklist.ts';
import { readCriterion } from '../domain/criterion-text.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { Priority } from '../domain/priority.ts';
import { wordMeant } from '../domain/words.ts';

/** A task of a file, as break_down_goal takes it. */
export interface FileTask extends ChecklistTask {
  type?: string;
  repo?: string;
  jira_ticket?: string;
  tools?: string[];
}

/**
 * The tasks that a Markdown checklist or a YAML file describes, in the order in which they can be done.
 * @throws GoalAgentError `invalid`, with the line of each problem.
 */
export function readPlanFile(text: string, { name, isYaml }: { name: string; isYaml: boolean }): FileTask[] {
  const { tasks, problems } = isYaml ? readYaml(text) : readMarkdown(text);
  if (problems.length > 0) {
    const more = problems.length > shownProblems ? `\nand ${problems.length - shownProblems} more` : '';
    throw new GoalAgentError(
      'invalid',
      `${name}: nothing was created.\n${problems.slice(0, shownProblems).join('\n')}${more}`,
    );
  }
  if (tasks.length === 0) {
    throw new GoalAgentError(
      'invalid',
      `${name} has no tasks. Write a list: a line for each task, with "- " in front.`,
    );
  }
  return tasks;
}

const shownProblems = 10;

interface Read {
  tasks: FileTask[];
  problems: string[];
}

function readMarkdown(text: string): Read {
  const { subtasks, problems } = parseChecklist(text);
  return { tasks: subtasks, problems: problems.map(({ line, message }) => `Line ${line} ${message}.`) };
}

const words = z.union([z.string(), z.array(z.string())]).transform((value) => (Array.isArray(value) ? value : [value]));

/** One task of a YAML file; the tasks below it are its parts, and come before it. */
const YamlTask = z.strictObject({
  task: z.string(),
  key: z.string().optional(),
  effort: z.string().optional(),
  priority: z.preprocess((value) => wordMeant(Priority, value) ?? value, Priority).optional(),
  after: words.optional(),
  done: z.boolean().optional(),
  type: z.string().optional(),
  repo: z.string().optional(),
  ticket: z.string().optional(),
  tools: words.optional(),
  criteria: words.optional(),
  get tasks() {
    return z.array(YamlEntry).optional();
  },
});
const YamlEntry: z.ZodType<YamlTask> = z.preprocess(
  (value) => (typeof value === 'string' ? { task: value } : value),
  z.lazy(() => YamlTask),
) as unknown as z.ZodType<YamlTask>; // a schema that contains itself cannot infer its type

interface YamlTask {
  task: string;
  key?: string;
  effort?: string;
  priority?: Priority;
  after?: string[];
  done?: boolean;
  type?: string;
  repo?: string;
  ticket?: string;
  tools?: string[];
  criteria?: string[];
  tasks?: YamlTask[];
}

function readYaml(text: string): Read {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) return { tasks: [], problems: [broken.message.split('\n')[0] ?? broken.message] };
  const content: unknown = document.toJS();
  const list = isSeq(document.contents) ? content : (content as { tasks?: unknown } | null)?.tasks;
  const parsed = z.array(YamlEntry).safeParse(list ?? [], { reportInput: true });
  if (!parsed.success) {
    const prefix = isSeq(document.contents) ? [] : ['tasks'];
    return {
      tasks: [],
      problems: parsed.error.issues.map((issue) => describe(issue, { prefix, document, lineCounter })),
    };
  }
  const tasks: FileTask[] = [];
  for (const entry of parsed.data) addTask(entry, tasks);
  return { tasks, problems: [] };
}

type Places = { prefix: string[]; document: ReturnType<typeof parseDocument>; lineCounter: LineCounter };

/** What is wrong, with the line of the innermost part that is there. */
function describe(issue: z.core.$ZodIssue, { prefix, document, lineCounter }: Places): string {
  const path = [...prefix, ...issue.path];
  const text = problemOf(issue);
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
    if (start !== undefined) return `Line ${lineCounter.linePos(start).line}: ${text}.`;
  }
  return `${text}.`;
}

function problemOf(issue: z.core.$ZodIssue): string {
  const name = issue.path.findLast((part) => typeof part === 'string') ?? 'the file';
  if (issue.code === 'unrecognized_keys') {
    return `a task has no ${issue.keys.join(', ')}; it has ${Object.keys(YamlTask.shape).join(', ')}`;
  }
  if (issue.code !== 'invalid_type') return `${String(name)}: ${issue.message}`;
  return issue.input === undefined ? `${String(name)} is missing` : `${String(name)} must be a ${issue.expected}`;
}

/** Parts first, since the whole depends on them. */
function addTask({ tasks = [], ...entry }: YamlTask, all: FileTask[]): string {
  const parts = tasks.map((part) => addTask(part, all));
  const key = entry.key ?? `t${all.length + 1}`;
  all.push({
    key,
    description: entry.task,
    dependencies: [...new Set([...parts, ...(entry.after ?? [])])],
    ...(entry.effort !== undefined && { estimated_effort: entry.effort }),
    ...(entry.priority !== undefined && { priority: entry.priority }),
    ...(entry.done && { completed: true as const }),
    ...(entry.type !== undefined && { type: entry.type }),
    ...(entry.repo !== undefined && { repo: entry.repo }),
    ...(entry.ticket !== undefined && { jira_ticket: entry.ticket }),
    ...(entry.tools !== undefined && { tools: entry.tools }),
    ...(entry.criteria !== undefined && { criteria: entry.criteria.map(criterionOf) }),
  });
  return key;
}

function criterionOf(line: string): ChecklistCriterion {
  const { text, human } = readCriterion(line);
  return { text, ...(human && { human: true as const }) };
}
