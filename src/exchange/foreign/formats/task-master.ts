import type { Json, JsonObject } from '../../../domain/json.ts';
import { Priority } from '../../../domain/priority.ts';
import { wordMeant } from '../../../domain/words.ts';
import { asText, Fields, isObject } from '../fields.ts';
import { described, type ForeignGoal, type ForeignPlan, type ForeignTask, type Reading } from '../plan.ts';
import { notOfTool, readJsonFile } from '../read-json.ts';
import { statusOf, unknownPriority } from '../statuses.ts';

/** What Task Master gives a tag that nobody described. */
const plainDescription = /^Tasks? for .* context$/i;

interface Place {
  plan: ForeignPlan;
  tag: string;
  /** The ID of the task that a subtask belongs to, and its number as subtasks name each other. */
  parent?: { id: string; number: string };
}

/**
 * Task Master's `.taskmaster/tasks/tasks.json`: an object of tags, each with its tasks, or before tags came one list of
 * tasks. A tag is a goal; a task's subtasks are its parts.
 */
export function readTaskMaster({ files, project }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  for (const file of files) {
    const tags = tagsOf(readJsonFile(file));
    if (tags === undefined) {
      throw notOfTool(file.path, 'Task Master', 'it has neither "tasks" nor tags with "tasks" in them');
    }
    const tasks = tags.flatMap(([, content]) => content.tasks as Json[]).filter(isObject);
    if (tasks.length > 0 && !tasks.some((task) => 'title' in task)) {
      throw notOfTool(file.path, 'Task Master', 'no task of it has a "title"');
    }
    for (const [tag, content] of tags) addTag(plan, { tag, content, project });
  }
  return plan;
}

function tagsOf(root: Json): [string, JsonObject][] | undefined {
  if (!isObject(root)) return undefined;
  if (Array.isArray(root.tasks)) return [['master', root]];
  const tags = Object.entries(root).filter((entry): entry is [string, JsonObject] => {
    const [, content] = entry;
    return isObject(content) && Array.isArray(content.tasks);
  });
  return tags.length === 0 ? undefined : tags;
}

interface Tag {
  tag: string;
  content: JsonObject;
  project: string;
}

function addTag(plan: ForeignPlan, { tag, content, project }: Tag): void {
  const fields = new Fields(isObject(content.metadata) ? content.metadata : isObject(content.meta) ? content.meta : {});
  fields.ignore('version', 'lastModified', 'taskCount', 'completedCount', 'tags', 'projectName');
  const about = fields.text('description');
  const isPlain = about === undefined || plainDescription.test(about);
  const goal: ForeignGoal = {
    id: tag,
    description: described(tag === 'master' ? project : `${project}: ${tag}`, ['', isPlain ? undefined : about]),
    created: fields.text('created') ?? fields.text('createdAt'),
    updated: fields.text('updated') ?? fields.text('updatedAt'),
    dependencies: [],
    notes: [],
    kept: fields.kept(),
    told: [],
  };
  plan.goals.push(goal);
  addTasks(content.tasks as Json[], { plan, tag });
}

function addTasks(tasks: readonly Json[], place: Place): void {
  const { plan, tag, parent } = place;
  tasks.forEach((entry, index) => {
    const number = isObject(entry) ? asText(entry.id) : undefined;
    if (!isObject(entry) || number === undefined) {
      const where = `${parent?.id ?? tag} task ${index + 1}`;
      plan.leftOut.push({ where, message: isObject(entry) ? 'it has no id' : 'it is no task', verbatim: entry });
      return;
    }
    addTask(entry, number, place);
  });
}

function addTask(entry: JsonObject, number: string, place: Place): void {
  const { plan, tag, parent } = place;
  const path = parent === undefined ? number : number.includes('.') ? number : `${parent.number}.${number}`;
  const id = idIn(tag, path);
  const fields = new Fields(entry);
  fields.ignore('id', 'parentTaskId', 'parentId', 'subtasks');
  const description = described(
    fields.text('title') ?? '',
    ['', fields.text('description')],
    ['Details', fields.text('details')],
    ['Test strategy', fields.text('testStrategy')],
  );
  const { status, kept, told } = statusOf(fields.text('status'));
  const priority = fields.text('priority');
  const updated = fields.text('updatedAt');
  const task: ForeignTask = {
    id,
    goal: tag,
    parent: parent?.id,
    description,
    status,
    priority: wordMeant(Priority, priority),
    dependencies: dependenciesOf(fields, place),
    created: fields.text('createdAt'),
    updated,
    completed: fields.text('completedAt') ?? (status === 'completed' ? updated : undefined),
    notes: [],
    kept: [...kept, ...unknownPriority(priority), ...fields.kept()],
    told,
  };
  plan.tasks.push(task);
  if (Array.isArray(entry.subtasks)) addTasks(entry.subtasks, { plan, tag, parent: { id, number: path } });
}

/** Of a task, the numbers of tasks; of a subtask, the numbers of its siblings, or `2.1` for any subtask. */
function dependenciesOf(fields: Fields, { tag, parent }: Place): string[] {
  return fields.texts('dependencies').map((name) => {
    const isSibling = parent !== undefined && !name.includes('.');
    return idIn(tag, isSibling ? `${parent.number}.${name}` : name);
  });
}

function idIn(tag: string, path: string): string {
  return `${tag}:${path}`;
}
