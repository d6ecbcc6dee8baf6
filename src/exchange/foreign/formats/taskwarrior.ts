import type { JsonObject } from '../../../domain/json.ts';
import { asText, Fields, isObject } from '../fields.ts';
import type { ForeignPlan, ForeignTask, Reading } from '../plan.ts';
import { notOfTool, readJsonFile, readJsonLines } from '../read-json.ts';
import { statusOf } from '../statuses.ts';

const priorities = { H: 'high', M: 'medium', L: 'low' } as const;

/** The goal of tasks that belong to no project. */
const noProject = '(no project)';

/** What `task export` writes: a list of tasks, or a task a line. A project is a goal. */
export function readTaskwarrior({ files }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  for (const file of files) {
    const isList = file.text.trimStart().startsWith('[');
    const whole = isList ? readJsonFile(file) : readJsonLines(file).map(({ value }) => value);
    const entries = (Array.isArray(whole) ? whole : []).filter(isObject);
    if (!entries.some((entry) => asText(entry.uuid) !== undefined)) {
      throw notOfTool(file.path, 'Taskwarrior', 'no task of it has a "uuid"; task export > tasks.json writes one');
    }
    for (const entry of entries) addTask(plan, entry);
  }
  return plan;
}

function addTask(plan: ForeignPlan, entry: JsonObject): void {
  const id = asText(entry.uuid);
  const text = asText(entry.description);
  if (id === undefined || text === undefined) {
    plan.leftOut.push({ where: id ?? 'a task', message: 'it has no uuid or no description', verbatim: entry });
  } else if (entry.status === 'recurring') {
    // its instances are tasks of their own
    plan.leftOut.push({ where: id, message: `it makes ${text} again and again`, verbatim: entry });
  } else plan.tasks.push(taskOf(new Fields(entry), { id, text, plan }));
}

interface Place {
  id: string;
  text: string;
  plan: ForeignPlan;
}

function taskOf(fields: Fields, { id, text, plan }: Place): ForeignTask {
  fields.ignore('uuid', 'description', 'id', 'urgency', 'mask', 'imask', 'rtype', 'template', 'last');
  const project = fields.text('project') ?? noProject;
  if (!plan.goals.some((goal) => goal.id === project)) {
    const description = project === noProject ? 'Taskwarrior' : project;
    plan.goals.push({ id: project, description, dependencies: [], notes: [], kept: [], told: [] });
  }
  const { status, kept, told } = statusIn(fields);
  const [wait, end, raw] = [timeIn(fields, 'wait'), timeIn(fields, 'end'), fields.text('priority')];
  const priority = raw === undefined ? undefined : (priorities as Record<string, 'high' | 'medium' | 'low'>)[raw];
  return {
    id,
    goal: project,
    description: text,
    status,
    // a deleted task holds nobody up in Taskwarrior
    waived: status === 'cancelled',
    priority,
    dependencies: fields.texts('depends'),
    labels: fields.texts('tags'),
    due: timeIn(fields, 'due'),
    deferredUntil: wait,
    created: timeIn(fields, 'entry'),
    updated: timeIn(fields, 'modified'),
    completed: end,
    notes: fields.objects('annotations').flatMap((note) => {
      const words = asText(note.description);
      return words === undefined ? [] : [{ text: words, at: isoOf(asText(note.entry)) }];
    }),
    kept: [...kept, ...(raw !== undefined && priority === undefined ? [`priority: ${raw}`] : []), ...fields.kept()],
    told,
  };
}

/** A task that was started is under way; one that waits is deferred, also where the version calls it pending. */
function statusIn(fields: Fields): Pick<ForeignTask, 'status' | 'kept' | 'told'> {
  const word = fields.text('status');
  const started = fields.text('start');
  if (word === 'waiting') return { ...statusOf('deferred'), kept: [] };
  if (word !== 'pending') return statusOf(word);
  if (started !== undefined) return { ...statusOf('in progress'), kept: [`started: ${isoOf(started)}`] };
  return fields.raw('wait') === undefined ? statusOf(word) : { ...statusOf('deferred'), kept: [] };
}

function timeIn(fields: Fields, name: string): string | undefined {
  return isoOf(fields.text(name));
}

/** `20261128T092424Z` as ISO 8601 has it. */
function isoOf(text: string | undefined): string | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  return year === undefined ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
