import { type ChecklistTask, formatChecklist } from '../domain/checklist.ts';
import { oneLine } from '../domain/stored-text.ts';
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
  return { text: `# ${oneLine(goal.description, 200)}\n\n${formatChecklist(items)}`, tasks: items.length };
}

async function itemOf(call: Call, task: ListedTask, keys: Map<string, string>): Promise<ChecklistTask> {
  // a list cuts long text
  const { description } = task.cut === undefined ? task : await getTask(call, task.id);
  return {
    key: keys.get(task.id) ?? task.id,
    description,
    dependencies: task.dependencies.map((id) => keys.get(id) ?? id),
    ...(task.estimated_effort !== null && { estimated_effort: task.estimated_effort }),
    ...(task.priority !== 'medium' && { priority: task.priority }),
    ...(task.status === 'completed' && { completed: true as const }),
  };
}
