import type { Command } from 'commander';
import { GoalStatus } from '../../domain/goal.ts';
import { createGoal } from '../../tools/create-goal.ts';
import { deleteGoal } from '../../tools/delete-goal.ts';
import { getGoal } from '../../tools/get-goal.ts';
import { updateGoal } from '../../tools/update-goal.ts';
import type { Actions } from '../actions.ts';
import type { GoalAnswer, JsonOption, Warned } from '../answers.ts';
import {
  example,
  goalId,
  json,
  parentId,
  priorityOption,
  several,
  textOrStdin,
  withJson,
  wordOption,
} from '../arguments.ts';
import { askToDelete } from '../confirm.ts';
import { personally } from '../personally.ts';
import { warningLines } from '../render/details.ts';
import { goalDetails, goalTable } from '../render/goals.ts';
import { hint, look, print, printJson, show } from '../render/output.ts';
import { shortText } from '../render/tasks.ts';
import { count } from '../render/text.ts';
import { withWaits } from '../waits.ts';
import { addGoalListCommand } from './goal-list.ts';

interface GoalOptions extends JsonOption {
  priority?: string;
  repo?: string[];
  label?: string[];
  due?: string;
  parent?: string;
  metadata?: unknown;
  strict?: boolean;
}

/** Adds `goal-agent goal …`. */
export function addGoalCommands(program: Command, actions: Actions): void {
  const group = program.command('goal').description('outcomes that somebody wants: add, list, show, update, delete');
  const add = group
    .command('add')
    .argument('<description>', 'the outcome; - reads it from stdin')
    .description('start a goal');
  example(
    withGoalFields(withJson(add)),
    'goal-agent goal add "Add OAuth sign-in to the API" --priority high --repo backend',
  ).action((description: string, options: GoalOptions) => runAdd(actions, description, options));
  addGoalListCommand(group, actions);
  const shown = group
    .command('show')
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .description('a goal with its tasks, progress and notes');
  example(withJson(shown), 'goal-agent goal show GOAL-0001').action((id: string, options: JsonOption) =>
    runShow(actions, id, options),
  );
  const update = group
    .command('update')
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .option('-d, --description <text>', 'another description; - reads it from stdin')
    .addOption(wordOption('-s, --status <status>', 'how it stands', GoalStatus))
    .description('change what is given, and nothing else');
  // behind --strict, since by itself it would stand for a default
  withGoalFields(withJson(update)).option('--no-strict', 'its criteria are a reminder again; a person confirms it');
  example(update, 'goal-agent goal update GOAL-0001 --priority low').action(
    (id: string, options: GoalOptions & { description?: string; status?: string }) => runUpdate(actions, id, options),
  );
  const remove = group
    .command('delete')
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .option('-y, --yes', 'do it without asking')
    .description('remove a goal with its tasks and sub-goals; undo brings them back');
  example(withJson(remove), 'goal-agent goal delete GOAL-0002 --yes').action(
    (id: string, options: JsonOption & { yes?: boolean }) => runDelete(actions, id, options),
  );
}

function withGoalFields(command: Command): Command {
  return command
    .addOption(priorityOption())
    .option('-r, --repo <name>', 'a repository of the goal; may be repeated', several)
    .option('-l, --label <name>', 'a label; may be repeated, and "" takes all away', several)
    .option('--due <time>', 'when it has to be done: 3d, tomorrow, 2026-12-01')
    .option('--strict', 'its tasks are completed only when their criteria are met')
    .option('--parent <goal>', 'the goal that it is a part of; none takes it out', parentId)
    .option('-m, --metadata <json>', 'an object of further facts, as JSON', json);
}

async function runAdd(
  actions: Actions,
  text: string,
  { json, priority, repo, label, due, parent, metadata, strict }: GoalOptions,
): Promise<void> {
  const description = await textOrStdin(text);
  const goal = await actions.withTools((host) =>
    host.run<GoalAnswer>(createGoal, {
      ...{ description, priority, repos: repo, labels: label, due_at: due, metadata, strict },
      parent_goal_id: parent || undefined,
    }),
  );
  if (json) return printJson(goal);
  await show([
    ...goalTable([goal], [], look()),
    ...hint(`Break it into tasks: goal-agent break ${goal.id} -f plan.md`),
  ]);
}

async function runShow(actions: Actions, id: string, { json }: JsonOption): Promise<void> {
  const { goal, tasks } = await actions.withTools(async (host) => {
    const goal = await host.run<GoalAnswer>(getGoal, { goal_id: id, full: true });
    return { goal, tasks: json ? [] : await withWaits(host, goal.task_details ?? []) };
  });
  if (json) return printJson(goal);
  await show(goalDetails(goal, tasks, look()));
}

async function runUpdate(
  actions: Actions,
  id: string,
  { json, description, repo, label, due, parent, ...change }: GoalOptions & { description?: string; status?: string },
): Promise<void> {
  const text = description === undefined ? undefined : await textOrStdin(description);
  const goal = await actions.withTools((host) =>
    personally<GoalAnswer>(host, updateGoal, {
      ...{ goal_id: id, description: text, repos: repo, due_at: due, parent_goal_id: parent, ...change },
      labels: label?.filter((each) => each !== ''),
    }),
  );
  if (json) return printJson(goal);
  await show([...goalTable([goal], [], look()), ...warningLines(goal.warnings, look())]);
}

async function runDelete(
  actions: Actions,
  id: string,
  { json, yes = false }: JsonOption & { yes?: boolean },
): Promise<void> {
  const answer = await actions.withTools(async (host) => {
    const goal = await host.run<GoalAnswer>(getGoal, { goal_id: id });
    const { total_tasks, description, whole } = goal;
    const parts = partsOf({ goals: whole?.goals ?? 0, tasks: whole?.total ?? total_tasks });
    await askToDelete(`${id} "${shortText(description, look())}"${parts === '' ? '' : ` and its ${parts}`}`, { yes });
    return host.run<Warned & { deleted_tasks: number; deleted_sub_goals?: number }>(deleteGoal, { goal_id: id });
  });
  if (json) return printJson(answer);
  const goals = answer.deleted_sub_goals ?? 0;
  print(
    `Deleted ${id}${goals === 0 ? '' : `, ${count(goals, 'sub-goal')}`} and ${count(answer.deleted_tasks, 'task')}.`,
  );
  await show([...warningLines(answer.warnings, look()), ...hint('To have it back: goal-agent undo')]);
}

/** `2 sub-goals and 3 tasks`; nothing where there are none. */
function partsOf({ goals, tasks }: { goals: number; tasks: number }): string {
  return [goals === 0 ? '' : count(goals, 'sub-goal'), tasks === 0 ? '' : count(tasks, 'task')]
    .filter((part) => part !== '')
    .join(' and ');
}
