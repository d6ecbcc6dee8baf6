import type { Command } from 'commander';
import { breakDownGoal } from '../../tools/break-down-goal.ts';
import { deleteTask } from '../../tools/delete-task.ts';
import { getTask } from '../../tools/get-task.ts';
import { updateTask } from '../../tools/update-task.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption, TaskAnswer, Warned } from '../answers.ts';
import { example, goalId, priorityOption, several, taskId, taskIds, textOrStdin, withJson } from '../arguments.ts';
import { askToDelete } from '../confirm.ts';
import { personally } from '../personally.ts';
import { warningLines } from '../render/details.ts';
import { hint, look, print, printJson, show } from '../render/output.ts';
import { shortText, type TaskRow, taskTable } from '../render/tasks.ts';
import { wrapped } from '../render/text.ts';
import { withWaits } from '../waits.ts';
import { changedLines } from './task-status.ts';

interface Fields extends JsonOption {
  priority?: string;
  type?: string;
  effort?: string;
  repo?: string;
  ticket?: string;
  tool?: string[];
  label?: string[];
  due?: string;
  criterion?: string[];
  after?: string[];
}

/** Adds add, update and delete. */
export function addTaskChangeCommands(group: Command, actions: Actions): void {
  const add = group
    .command('add')
    .option('-c, --criterion <text>', 'when it is done; may be repeated, and a person meets "human: …"', several)
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .argument('<description>', 'the step; - reads it from stdin')
    .description('add one task to a goal; goal-agent break adds many');
  example(
    withFields(withJson(add)),
    'goal-agent task add GOAL-0001 "Update the docs" --effort 2h --after TASK-0001',
  ).action((goal: string, description: string, options: Fields) => runAdd(actions, goal, { ...options, description }));
  const update = group
    .command('update')
    .argument('<task>', 'TASK-0001, or its number', taskId)
    .option('-d, --description <text>', 'another description; - reads it from stdin')
    .option('--not-after <task>', 'no longer wait for this task; may be repeated', taskIds)
    .option('-g, --goal <goal>', 'move it to this goal', goalId)
    .description('change what is given, and nothing else; "" clears a field');
  example(withFields(withJson(update)), 'goal-agent task update TASK-0002 --priority high --effort 1d').action(
    (id: string, options: UpdateOptions) => runUpdate(actions, id, options),
  );
  const remove = group
    .command('delete')
    .argument('<task>', 'TASK-0001, or its number', taskId)
    .option('-y, --yes', 'do it without asking')
    .description('remove one task; undo brings it back');
  example(withJson(remove), 'goal-agent task delete TASK-0003 --yes').action(
    (id: string, options: JsonOption & { yes?: boolean }) => runDelete(actions, id, options),
  );
}

type UpdateOptions = Fields & { description?: string; notAfter?: string[]; goal?: string };

function withFields(command: Command): Command {
  return command
    .addOption(priorityOption())
    .option('-e, --effort <time>', 'the estimate: 30m, 4h, 2d')
    .option('-a, --after <task>', 'a task that has to be completed before; may be repeated', taskIds)
    .option('-t, --type <type>', 'such as feature, bug, test')
    .option('-r, --repo <name>', 'the repository')
    .option('--ticket <id>', 'the ticket of another tracker')
    .option('--tool <name>', 'a tool that it needs; may be repeated', several)
    .option('-l, --label <name>', 'a label; may be repeated, and "" takes all away', several)
    .option('--due <time>', 'when it has to be done: 3d, tomorrow, 2026-12-01');
}

function toolFields({ priority, type, effort, repo, ticket, tool, label, due }: Fields) {
  const labels = label?.filter((each) => each !== '');
  return { priority, type, estimated_effort: effort, repo, jira_ticket: ticket, tools: tool, labels, due_at: due };
}

async function runAdd(
  actions: Actions,
  goal: string,
  { json, after, description, criterion, ...fields }: Fields & { description: string },
): Promise<void> {
  const text = await textOrStdin(description);
  const { answer, tasks } = await actions.withTools(async (host) => {
    const subtasks = [{ ...toolFields(fields), description: text, criteria: criterion, dependencies: after }];
    const answer = await host.run<Warned & { tasks: TaskRow[] }>(breakDownGoal, { goal_id: goal, subtasks });
    return { answer, tasks: await withWaits(host, answer.tasks) };
  });
  if (json) return printJson(answer);
  await show([...taskTable(tasks, look()), ...warningLines(answer.warnings, look())]);
}

async function runUpdate(
  actions: Actions,
  id: string,
  { json, after, notAfter, goal, description, ...fields }: UpdateOptions,
): Promise<void> {
  const text = description === undefined ? undefined : await textOrStdin(description);
  const args = {
    ...toolFields(fields),
    task_id: id,
    description: text,
    goal_id: goal,
    add_dependencies: after,
    remove_dependencies: notAfter,
  };
  const { answer, shown } = await actions.withTools(async (host) => {
    const answer = await personally<TaskAnswer>(host, updateTask, args);
    const [shown = answer] = await withWaits(host, [answer]);
    return { answer, shown };
  });
  if (json) printJson(answer);
  else await show(changedLines(shown, look()));
}

async function runDelete(
  actions: Actions,
  id: string,
  { json, yes = false }: JsonOption & { yes?: boolean },
): Promise<void> {
  const answer = await actions.withTools(async (host) => {
    const { description } = await host.run<TaskAnswer>(getTask, { task_id: id });
    await askToDelete(`${id} "${shortText(description, look())}"`, { yes });
    return host.run<Warned & { dependent_tasks: string[] }>(deleteTask, { task_id: id });
  });
  if (json) return printJson(answer);
  const { dependent_tasks: dependents } = answer;
  print(`Deleted ${id}.`);
  await show([
    ...(dependents.length === 0 ? [] : wrapped(`No longer waiting for it: ${dependents.join(', ')}`, look())),
    ...warningLines(answer.warnings, look()),
    ...hint('To have it back: goal-agent undo'),
  ]);
}
