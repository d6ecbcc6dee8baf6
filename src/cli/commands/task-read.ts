import type { Command } from 'commander';
import { TaskStatus } from '../../domain/task-status.ts';
import { getNextTasks } from '../../tools/get-next-tasks.ts';
import { getTask } from '../../tools/get-task.ts';
import { listTasks } from '../../tools/list-tasks.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption, TaskAnswer, TaskPage } from '../answers.ts';
import { example, goalId, several, taskId, wholeNumber, withJson, wordOption } from '../arguments.ts';
import { readPages } from '../pages.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { taskDetails, taskTable } from '../render/tasks.ts';
import { wrapped } from '../render/text.ts';
import { withWaits } from '../waits.ts';

interface ListOptions extends JsonOption {
  goal?: string;
  status?: string;
  repo?: string;
  type?: string;
  agent?: string;
  label?: string[];
  limit: number;
}

/** Adds the commands that only look: list, show, next. */
export function addTaskReadCommands(group: Command, actions: Actions): void {
  const list = group
    .command('list')
    .option('-g, --goal <goal>', 'tasks of this goal', goalId)
    .addOption(wordOption('-s, --status <status>', 'how it stands', TaskStatus))
    .option('-r, --repo <name>', 'tasks in this repository')
    .option('-t, --type <type>', 'tasks of this type')
    .option('-a, --agent <name>', 'tasks that this agent holds')
    .option('-l, --label <name>', 'tasks with this label; where it is repeated, with all of them', several)
    .option('-n, --limit <number>', 'at most so many', wholeNumber, 50)
    .description('tasks, newest first');
  example(withJson(list), 'goal-agent task list --goal GOAL-0001 --status pending').action((options: ListOptions) =>
    runList(actions, options),
  );
  const shown = group
    .command('show')
    .argument('<task>', 'TASK-0001, or its number', taskId)
    .description('a task: what to do, what it waits for, its result and notes');
  example(withJson(shown), 'goal-agent task show TASK-0001').action((id: string, options: JsonOption) =>
    runShow(actions, id, options),
  );
  const next = group
    .command('next')
    .option('-g, --goal <goal>', 'tasks of this goal', goalId)
    .option('-n, --limit <number>', 'at most so many', wholeNumber, 10)
    .description('what to work on: tasks that wait for nothing, the most important first');
  example(withJson(next), 'goal-agent task next').action((options: JsonOption & { goal?: string; limit: number }) =>
    runNext(actions, options),
  );
}

async function runList(actions: Actions, { json, goal, label, limit, ...filter }: ListOptions): Promise<void> {
  const args = { goal_id: goal, labels: label, ...filter };
  const { page, tasks } = await actions.withTools(async (host) => {
    const page = await readPages<TaskPage, 'tasks'>(host, { tool: listTasks, args, list: 'tasks', limit });
    return { page, tasks: json ? [] : await withWaits(host, page.tasks) };
  });
  if (json) return printJson(page);
  if (tasks.length === 0) return show(['  No such tasks.', ...hint('All of them: goal-agent task list')]);
  await show([
    ...taskTable(tasks, look(), { withGoals: goal === undefined }),
    ...(page.next_cursor === undefined ? [] : hint(`There are more: goal-agent task list --limit ${limit * 4}`)),
  ]);
}

async function runShow(actions: Actions, id: string, { json }: JsonOption): Promise<void> {
  const answer = await actions.withTools(async (host) => {
    const task = await host.run<TaskAnswer>(getTask, { task_id: id, full: true });
    return json ? [task] : withWaits(host, [task]);
  });
  const [task] = answer;
  if (task === undefined) return;
  if (json) printJson(task);
  else await show(taskDetails(task, look()));
}

async function runNext(
  actions: Actions,
  { json, goal, limit }: JsonOption & { goal?: string; limit: number },
): Promise<void> {
  const page = await actions.withTools((host) => host.run<TaskPage>(getNextTasks, { goal_id: goal, limit }));
  if (json) return printJson(page);
  await show([...taskTable(page.tasks, look(), { withGoals: goal === undefined }), ...afterNext(page)]);
}

function afterNext({ tasks, total = 0, held_up = [] }: TaskPage): string[] {
  const [first] = tasks;
  const waiting = held_up.flatMap(({ task_id, waits_for }) =>
    wrapped(`${task_id} waits for ${waits_for.join(', ')}.`, look()).map(look().colours.warning),
  );
  if (first === undefined) return ['  Nothing is ready.', ...waiting, ...hint('What is under way: goal-agent board')];
  const left = total - tasks.length;
  return [
    ...waiting,
    ...hint(`${left > 0 ? `${left} more are ready. ` : ''}Take one: goal-agent task claim ${first.id}`),
  ];
}
