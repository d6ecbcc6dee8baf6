import { createHash } from 'node:crypto';
import { criteriaInText } from '../criteria-text.ts';
import { asText, Fields, isObject } from '../fields.ts';
import { described, type ForeignPlan, type ForeignTask, type Reading } from '../plan.ts';
import { notOfTool, readJsonFile } from '../read-json.ts';
import { statusOf } from '../statuses.ts';

/**
 * Shrimp Task Manager's `tasks.json`. Tasks that were planned together share the result of one analysis: that is their
 * goal.
 */
export function readShrimp({ files, project }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  for (const file of files) {
    const root = readJsonFile(file);
    const tasks = isObject(root) ? root.tasks : undefined;
    const hasNames =
      Array.isArray(tasks) && (tasks.length === 0 || tasks.some((task) => isObject(task) && 'name' in task));
    if (!hasNames) throw notOfTool(file.path, 'Shrimp Task Manager', 'it has no "tasks" with a "name"');
    tasks.forEach((entry, place) => {
      const id = isObject(entry) ? asText(entry.id) : undefined;
      if (!isObject(entry) || id === undefined) {
        plan.leftOut.push({ where: `task ${place + 1}`, message: 'it has no id', verbatim: entry });
        return;
      }
      const fields = new Fields(entry);
      plan.tasks.push(taskOf(fields, { id, goal: goalOf(plan, fields.text('analysisResult'), project) }));
    });
  }
  return plan;
}

function goalOf(plan: ForeignPlan, analysis: string | undefined, project: string): string {
  const id =
    analysis === undefined
      ? '(no analysis)'
      : `analysis ${createHash('sha256').update(analysis).digest('hex').slice(0, 12)}`;
  if (!plan.goals.some((goal) => goal.id === id)) {
    const description = described(project, ['', analysis]);
    plan.goals.push({ id, description, dependencies: [], notes: [], kept: [], told: [] });
  }
  return id;
}

function taskOf(fields: Fields, { id, goal }: { id: string; goal: string }): ForeignTask {
  fields.ignore('id', 'analysisResult');
  const { status, kept, told } = statusOf(fields.text('status'));
  const { criteria, text: verification } = criteriaInText(fields.text('verificationCriteria'), status);
  const description = described(
    fields.text('name') ?? '',
    ['', fields.text('description')],
    ['How', fields.text('implementationGuide')],
    ['Verification', verification],
    ['Files', filesOf(fields)],
  );
  const notes = fields.text('notes');
  return {
    id,
    goal,
    description,
    criteria,
    status,
    dependencies: fields.list('dependencies').flatMap((each) => asText(isObject(each) ? each.taskId : each) ?? []),
    created: fields.text('createdAt'),
    updated: fields.text('updatedAt'),
    completed: fields.text('completedAt'),
    result: fields.text('summary'),
    notes: notes === undefined ? [] : [{ text: notes }],
    kept: [...kept, ...fields.kept()],
    told,
  };
}

/** `src/auth.ts, lines 1 to 40 (TO_MODIFY): the route`, a line for each file. */
function filesOf(fields: Fields): string {
  return fields
    .objects('relatedFiles')
    .map((file) => {
      const [from, to, why] = [asText(file.lineStart), asText(file.lineEnd), asText(file.description)];
      const lines = from === undefined ? '' : `, lines ${from} to ${to ?? from}`;
      return `- ${asText(file.path) ?? ''}${lines} (${asText(file.type) ?? 'OTHER'})${why === undefined ? '' : `: ${why}`}`;
    })
    .join('\n');
}
