import { formatHeading, type Heading } from '../domain/checklist/heading-marks.ts';
import { type ChecklistCriterion, type ChecklistTask, formatChecklist } from '../domain/checklist.ts';
import { type Criterion, isMet } from '../domain/criteria.ts';
import { Priority } from '../domain/priority.ts';
import { oneLine } from '../domain/stored-text.ts';
import { type PlanRows, readPlan } from '../exchange/export/read-plan.ts';
import type { Call } from '../service/call.ts';
import { findOneGoal } from '../service/goals.ts';
import { listTasks } from '../service/list-tasks.ts';
import { getTask, type ListedTask } from '../service/tasks.ts';

/** Tasks that one list holds; break_down_goal takes fewer at once. */
const mostTasks = 10_000;

/** A goal as a Markdown checklist that `goal-agent break` reads as the same tasks. */
export async function exportChecklist(call: Call, goalId: string): Promise<{ text: string; tasks: number }> {
  const goal = await findOneGoal(call, goalId);
  const tasks = (await listTasks(call, { goalId }, { limit: mostTasks })).toReversed();
  const keys = new Map(tasks.map(({ id }, place) => [id, `t${place + 1}`]));
  const items: ChecklistTask[] = [];
  for (const task of tasks) items.push(await itemOf(call, task, keys));
  return { text: pageOf({ text: goal.description }, items), tasks: items.length };
}

/** All goals, each below its heading, which names its parent. A task that waits for one of another goal names it. */
export async function exportChecklists(call: Call): Promise<{ text: string; tasks: number }> {
  const { goals, tasks } = await readPlan(call);
  const goalOf = new Map(tasks.map((task) => [task.id, task.goal_id]));
  const abroad = new Set(tasks.flatMap((task) => task.dependencies.filter((id) => goalOf.get(id) !== task.goal_id)));
  const byGoal = new Map<string, typeof tasks>(goals.map(({ id }) => [id, []]));
  const keys = new Map<string, string>();
  for (const task of tasks) {
    const own = byGoal.get(task.goal_id) ?? [];
    own.push(task);
    keys.set(task.id, abroad.has(task.id) ? `${task.goal_id.toLowerCase()}.t${own.length}` : `t${own.length}`);
  }
  const parents = new Set(goals.map(({ parent_goal_id: parentId }) => parentId));
  const texts = goals.map((goal) => {
    const items = (byGoal.get(goal.id) ?? []).map((task) => itemFrom(task, keys));
    return pageOf(headingOf(goal, parents.has(goal.id)), items);
  });
  return { text: texts.join('\n'), tasks: tasks.length };
}

type Titled = Pick<PlanRows['goals'][number], 'id' | 'description' | 'parent_goal_id'>;

function headingOf({ id, description, parent_goal_id: parentId }: Titled, isParent: boolean): Heading {
  return {
    text: description,
    ...(isParent && { key: id.toLowerCase() }),
    ...(parentId !== null && { under: parentId.toLowerCase() }),
  };
}

function pageOf({ text, ...marks }: Heading, items: ChecklistTask[]): string {
  return `# ${formatHeading({ text: oneLine(text, 200), ...marks })}\n\n${formatChecklist(items)}`;
}

async function itemOf(call: Call, task: ListedTask, keys: Map<string, string>): Promise<ChecklistTask> {
  // a list cuts long text, and only counts criteria
  const isWhole = task.cut === undefined && task.criteria_met === undefined;
  return itemFrom(isWhole ? task : await getTask(call, task.id), keys);
}

type Listed = Pick<ListedTask, 'id' | 'description' | 'dependencies' | 'estimated_effort'> & {
  priority: string;
  status: string;
  criteria?: unknown;
};

function itemFrom(task: Listed, keys: ReadonlyMap<string, string>): ChecklistTask {
  // the column's own type, where the row is one of the export
  const criteria = (task.criteria ?? []) as Criterion[];
  return {
    key: keys.get(task.id) ?? task.id,
    description: task.description,
    dependencies: task.dependencies.map((id) => keys.get(id) ?? id),
    ...(task.estimated_effort !== null && { estimated_effort: task.estimated_effort }),
    ...(task.priority !== 'medium' && { priority: Priority.parse(task.priority) }),
    ...(task.status === 'completed' && { completed: true as const }),
    ...(criteria.length > 0 && { criteria: criteria.map(criterionOf) }),
  };
}

function criterionOf(criterion: Criterion): ChecklistCriterion {
  const { text, human } = criterion;
  return { text, ...(human && { human: true as const }), ...(isMet(criterion) && { met: true as const }) };
}
