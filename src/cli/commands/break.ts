import type { Command } from 'commander';
import { writeCriterion } from '../../domain/criterion-text.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import { parseTaskId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { oneLine } from '../../domain/stored-text.ts';
import { findOneGoal } from '../../service/goals.ts';
import { getTasks } from '../../service/tasks.ts';
import { batchUpdateTasks } from '../../tools/batch-update-tasks.ts';
import { breakDownGoal } from '../../tools/break-down-goal.ts';
import type { Actions, CommandHost } from '../actions.ts';
import type { JsonOption, Warned } from '../answers.ts';
import { example, goalId, readText, withJson } from '../arguments.ts';
import type { FileTask } from '../plan-file.ts';
import { warningLines } from '../render/details.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { type TaskRow, taskTable } from '../render/tasks.ts';
import { count, wrapped } from '../render/text.ts';
import { withWaits } from '../waits.ts';

interface BreakOptions extends JsonOption {
  file: string;
  dryRun?: boolean;
}

interface Broken extends Warned {
  created: number;
  first_task_id: string;
  last_task_id: string;
  tasks: TaskRow[];
}

/** Adds `goal-agent break`. */
export function addBreakCommand(program: Command, actions: Actions): void {
  const command = program
    .command('break')
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .requiredOption(
      '-f, --file <file>',
      'a Markdown checklist, or YAML where its name ends in .yaml or .yml; - for stdin',
    )
    .option('--dry-run', 'show the tasks, and create nothing')
    .description('break a goal into the tasks of a file, all of them or none');
  example(
    withJson(command),
    'goal-agent break GOAL-0001 -f plan.md --dry-run',
    'goal-agent break GOAL-0001 -f plan.yaml',
  );
  command.action((id: string, options: BreakOptions) => runBreak(actions, id, options));
}

async function runBreak(actions: Actions, id: string, { file, dryRun, json }: BreakOptions): Promise<void> {
  const text = await readText(file);
  const { readPlanFile } = await import('../plan-file.ts');
  const isYaml = /\.ya?ml$/i.test(file) || (file === '-' && /^\s*(?:tasks:|- \w+:)/.test(text));
  const tasks = readPlanFile(text, { name: file === '-' ? 'stdin' : file, isYaml });
  if (tasks.length > limits.subtasksPerCall) {
    throw new GoalAgentError(
      'invalid',
      `${file} has ${tasks.length} tasks; the limit is ${limits.subtasksPerCall}. Break a part of the goal first.`,
    );
  }
  if (dryRun) return showPlanned(actions, id, { tasks, json: json === true });
  const { answer, shown } = await actions.withTools(async (host) => {
    const answer = await create(host, id, tasks);
    return { answer, shown: json ? [] : await withWaits(host, withDone(answer, tasks)) };
  });
  if (json) return printJson(answer);
  const left = answer.created - answer.tasks.length;
  await show([
    ...taskTable(shown, look()),
    ...(left > 0 ? wrapped(`and ${left} more, to ${answer.last_task_id}`, look()) : []),
    ...warningLines(answer.warnings, look()),
    ...hint(`What to do first: goal-agent plan ${id}`),
  ]);
}

/** The tasks and the completion of those that are done already, as one operation. */
function create({ together }: CommandHost, id: string, tasks: FileTask[]): Promise<Broken & Record<string, unknown>> {
  const subtasks = tasks.map(({ completed: _, criteria, ...subtask }) => ({
    ...subtask,
    ...(criteria && { criteria: criteria.map(writeCriterion) }),
  }));
  return together(async (run) => {
    const answer = await run<Broken & Record<string, unknown>>(breakDownGoal, { goal_id: id, subtasks });
    const first = numberOf(answer.first_task_id);
    const done = tasks.flatMap((task, place) => updateOf(task, `TASK-${first + place}`));
    const refused: string[] = [];
    for (let place = 0; place < done.length; place += limits.updatesPerCall) {
      const updates = done.slice(place, place + limits.updatesPerCall);
      const { failed } = await run<{ failed: { error: string }[] }>(batchUpdateTasks, { updates });
      refused.push(...failed.map(({ error }) => error));
    }
    return refused.length === 0 ? answer : { ...answer, warnings: [...(answer.warnings ?? []), ...refused] };
  });
}

/** What the file says is done of a task: the task, and criteria of it. What only a person meets is left to one. */
function updateOf({ completed, criteria = [] }: FileTask, task_id: string) {
  const criteria_met = criteria.flatMap(({ met, human, text }) => (met && !human ? [text] : []));
  if (!completed && criteria_met.length === 0) return [];
  return [{ task_id, status: completed ? 'completed' : 'pending', criteria_met }];
}

function numberOf(taskId: string): number {
  return Number(taskId.slice('TASK-'.length));
}

/** The answer was made before those that are done were completed. */
function withDone({ tasks }: Broken, planned: FileTask[]): TaskRow[] {
  return tasks.map((task, place) => ({ ...task, ...(planned[place]?.completed && { status: 'completed' }) }));
}

/** What a task of the file waits for: `#2` for another one of the file, and IDs of tasks that are not completed. */
function waitsOf({ dependencies }: FileTask, planned: FileTask[], isDone: (id: string) => boolean): string[] {
  return dependencies.flatMap((name) => {
    const place = planned.findIndex(({ key }) => key === name);
    if (place === -1) return isDone(name) ? [] : [name];
    return planned[place]?.completed ? [] : [`#${place + 1}`];
  });
}

async function showPlanned(
  actions: Actions,
  id: string,
  { tasks, json }: { tasks: FileTask[]; json: boolean },
): Promise<void> {
  const { goal, done } = await actions.withTools(async (host) => ({
    goal: await findOneGoal(host.call, id),
    done: await completedAmong(host, tasks),
  }));
  if (json) return printJson({ goal_id: id, dry_run: true, subtasks: tasks });
  const rows = tasks.map(
    (task, place): TaskRow => ({
      ...task,
      id: `#${place + 1}`,
      status: task.completed ? 'completed' : 'pending',
      waitsFor: waitsOf(task, tasks, (name) => done.has(parseTaskId(name) ?? name)),
    }),
  );
  await show([
    ...taskTable(rows, look()),
    ...wrapped(
      `${count(tasks.length, 'task')} for ${id} "${oneLine(goal.description, 60)}". Nothing was created.`,
      look(),
    ),
  ]);
}

/**
 * Of the tasks that exist already and that others of the file wait for, those that are completed.
 * @throws GoalAgentError `invalid` for one that does not exist.
 */
async function completedAmong({ call }: CommandHost, tasks: FileTask[]): Promise<Set<string>> {
  const keys = new Set(tasks.map(({ key }) => key));
  const names = tasks.flatMap(({ dependencies }) => dependencies.filter((name) => !keys.has(name)));
  const { tasks: found, notFound } = await getTasks(
    call,
    names.map((name) => parseTaskId(name) ?? name),
  );
  if (notFound.length > 0) {
    const what = notFound.length === 1 ? 'is no task' : 'are no tasks';
    throw new GoalAgentError('invalid', `Nothing would be created: ${notFound.join(', ')} ${what}.`);
  }
  return new Set(found.filter(({ status }) => status === 'completed').map(({ id }) => id));
}
