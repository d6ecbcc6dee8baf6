import type { JsonObject } from '../../../domain/json.ts';
import { countedId } from '../counted-id.ts';
import { asText, Fields, isObject } from '../fields.ts';
import { described, type ForeignPlan, type ForeignTask, type Reading, type SourceFile } from '../plan.ts';
import { notOfTool, readJsonFile } from '../read-json.ts';
import { statusOf } from '../statuses.ts';

/**
 * The tasks of Claude Code: a folder `~/.claude/tasks/LIST` with a JSON file for each task, or `~/.claude/todos`, where each
 * file is a list. A list is a goal.
 */
export function readClaudeCode({ files }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  const blocks = new Map<string, string[]>();
  for (const file of files) {
    const value = readJsonFile(file);
    if (Array.isArray(value)) addTodos(plan, value.filter(isObject), nameOf(file, 1));
    else if (isObject(value) && asText(value.id) !== undefined && asText(value.subject) !== undefined) {
      addTask(plan, value, { list: nameOf(file, 2), blocks });
    } else plan.leftOut.push({ where: file.path, message: 'it is no task of Claude Code' });
  }
  if (plan.tasks.length === 0) {
    throw notOfTool(files[0]?.path ?? '', 'Claude Code', 'it has neither an "id" and a "subject" nor a list of todos');
  }
  // both ends of a dependency name it, unless one was written and the other was not
  for (const task of plan.tasks) {
    for (const id of blocks.get(task.id) ?? []) if (!task.dependencies.includes(id)) task.dependencies.push(id);
  }
  return plan;
}

/** The name of the file without its ending, or of a folder that it is in. */
function nameOf({ path }: SourceFile, fromEnd: number): string {
  return (path.replaceAll('\\', '/').split('/').at(-fromEnd) ?? 'tasks').replace(/\.json$/, '');
}

function goalOf(plan: ForeignPlan, list: string): string {
  if (!plan.goals.some((goal) => goal.id === list)) {
    plan.goals.push({ id: list, description: `Claude Code: ${list}`, dependencies: [], notes: [], kept: [], told: [] });
  }
  return list;
}

interface List {
  list: string;
  /** By the ID of a task: those that say that they block it. */
  blocks: Map<string, string[]>;
}

function addTask(plan: ForeignPlan, entry: JsonObject, { list, blocks }: List): void {
  const fields = new Fields(entry);
  // what is shown while the task is under way: the subject again
  fields.ignore('activeForm');
  const idIn = (number: string) => `${list}/${number}`;
  const { status, kept, told } = statusOf(fields.text('status'));
  const task: ForeignTask = {
    id: idIn(fields.text('id') ?? ''),
    goal: goalOf(plan, list),
    description: described(fields.text('subject') ?? '', ['', fields.text('description')]),
    status,
    dependencies: fields.texts('blockedBy').map(idIn),
    notes: [],
    kept: [],
    told,
  };
  for (const other of fields.texts('blocks').map(idIn)) blocks.set(other, [...(blocks.get(other) ?? []), task.id]);
  task.kept = [...kept, ...fields.kept()];
  plan.tasks.push(task);
}

/** The lists of versions before there were tasks: a todo has no ID, and each waits for nothing. */
function addTodos(plan: ForeignPlan, todos: readonly JsonObject[], list: string): void {
  const occurrences = new Map<string, number>();
  for (const todo of todos) {
    const fields = new Fields(todo);
    fields.ignore('activeForm', 'id');
    const text = fields.text('content');
    if (text === undefined) {
      plan.leftOut.push({ where: list, message: 'a todo without "content"', verbatim: todo });
      continue;
    }
    const { status, kept, told } = statusOf(fields.text('status'));
    const id = countedId(`${list}/${text}`, occurrences);
    const goal = goalOf(plan, list);
    const rest = fields.kept();
    plan.tasks.push({
      id,
      goal,
      description: text,
      status,
      dependencies: [],
      notes: [],
      kept: [...kept, ...rest],
      told,
    });
  }
}
