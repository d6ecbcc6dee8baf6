import type { Command } from 'commander';
import { getTask } from '../../tools/get-task.ts';
import { updateTask } from '../../tools/update-task.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption, TaskAnswer } from '../answers.ts';
import { example, several, taskId, withJson } from '../arguments.ts';
import { personally } from '../personally.ts';
import { warningLines } from '../render/details.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { criteriaLines } from '../render/tasks.ts';

/** Adds criteria, meet and unmeet: when a task is done. */
export function addTaskCriteriaCommands(group: Command, actions: Actions): void {
  const criteria = group
    .command('criteria')
    .argument('<task>', 'TASK-0001, or its number', taskId)
    .option('--add <text>', 'one more; may be repeated, and "human: …" is one that only a person meets', several)
    .option('--remove <criterion>', 'its number or its text; may be repeated', several)
    .description('when a task is done: its criteria, and who met them');
  example(
    withJson(criteria),
    'goal-agent task criteria TASK-0001 --add "tests pass" --add "human: the design is approved"',
  ).action((id: string, { add, remove, json }: JsonOption & { add?: string[]; remove?: string[] }) =>
    run(actions, id, { json, ...(add || remove ? { args: { add_criteria: add, remove_criteria: remove } } : {}) }),
  );
  const changing = [
    ['meet', 'meet_criteria', 'say that criteria of a task are met'],
    ['unmeet', 'unmeet_criteria', 'say that criteria of a task are not met after all'],
  ] as const;
  for (const [name, argument, description] of changing) {
    const command = group
      .command(name)
      .argument('<task>', 'TASK-0001, or its number', taskId)
      .argument('<criterion...>', 'the number of each, or its text')
      .description(description);
    example(withJson(command), `goal-agent task ${name} TASK-0001 1`).action(
      (id: string, named: string[], { json }: JsonOption) => run(actions, id, { json, args: { [argument]: named } }),
    );
  }
}

/** The change, if there is one, and the criteria as they are then. */
async function run(
  actions: Actions,
  id: string,
  { json = false, args }: { json: boolean | undefined; args?: Record<string, unknown> },
): Promise<void> {
  const task = await actions.withTools((host) =>
    args === undefined
      ? host.run<TaskAnswer>(getTask, { task_id: id, full: true })
      : personally<TaskAnswer>(host, updateTask, { task_id: id, ...args }),
  );
  if (json) return printJson(task);
  const lines = criteriaLines(task, look());
  await show([
    ...(lines.length > 0
      ? lines
      : [`  ${id} has no criteria.`, ...hint(`Add one: goal-agent task criteria ${id} --add "tests pass"`)]),
    ...warningLines(task.warnings, look()),
  ]);
}
