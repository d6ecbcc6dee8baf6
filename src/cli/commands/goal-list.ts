import type { Command } from 'commander';
import { GoalStatus } from '../../domain/goal.ts';
import { listTasks } from '../../service/list-tasks.ts';
import { listReady } from '../../service/tasks.ts';
import { listGoals } from '../../tools/list-goals.ts';
import type { Actions, CommandHost } from '../actions.ts';
import type { GoalPage, JsonOption } from '../answers.ts';
import { example, goalId, priorityOption, several, wholeNumber, withJson, wordOption } from '../arguments.ts';
import { readPages } from '../pages.ts';
import { goalTable } from '../render/goals.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { count } from '../render/text.ts';

interface ListOptions extends JsonOption {
  status?: string;
  priority?: string;
  repo?: string;
  label?: string[];
  parent?: string;
  limit: number;
}

/** Tasks of one status that the list looks at, to tell who is at work and what is stuck. */
const mostCurrent = 200;

/** Adds `goal-agent goal list`. */
export function addGoalListCommand(group: Command, actions: Actions): void {
  const command = group
    .command('list')
    .addOption(wordOption('-s, --status <status>', 'how it stands', GoalStatus))
    .addOption(priorityOption())
    .option('-r, --repo <name>', 'goals of this repository')
    .option('-l, --label <name>', 'goals with this label; where it is repeated, with all of them', several)
    .option('--parent <goal>', 'the sub-goals of this goal', goalId)
    .option('-n, --limit <number>', 'at most so many', wholeNumber, 50)
    .description('goals, newest first, with their progress; a sub-goal stands below its parent');
  example(withJson(command), 'goal-agent goal list --status in_progress').action((options: ListOptions) =>
    runList(actions, options),
  );
}

async function runList(actions: Actions, { json, limit, label, parent, ...filter }: ListOptions): Promise<void> {
  const args = { ...filter, labels: label, parent_goal_id: parent };
  const { page, current, ready } = await actions.withTools(async (host) => {
    const page = await readPages<GoalPage, 'goals'>(host, { tool: listGoals, args, list: 'goals', limit });
    if (json) return { page, current: [], ready: 0 };
    return { page, current: await currentTasks(host), ready: (await listReady(host.call, { limit: 1 })).total };
  });
  if (json) return printJson(page);
  const left = page.total - page.count;
  await show([
    ...goalTable(page.goals, current, look()),
    ...(left > 0 ? hint(`${left} more: goal-agent goal list --limit ${page.total}`) : []),
    ...nextStep(page.count, ready),
  ]);
}

async function currentTasks({ call }: CommandHost) {
  const lists = [];
  for (const status of ['in_progress', 'blocked', 'failed'] as const)
    lists.push(await listTasks(call, { status }, { limit: mostCurrent }));
  return lists.flat();
}

function nextStep(goals: number, ready: number): string[] {
  if (goals === 0) return ['  No goals.', ...hint('Start one: goal-agent goal add "…"')];
  return ready === 0 ? [] : hint(`${count(ready, 'ready task')}: goal-agent task next`);
}
