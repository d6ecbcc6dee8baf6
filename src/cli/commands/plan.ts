import type { Command } from 'commander';
import { listTasks } from '../../service/list-tasks.ts';
import { generatePlan } from '../../service/plans.ts';
import { generateExecutionPlan } from '../../tools/generate-execution-plan.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalId, withJson } from '../arguments.ts';
import { look, printJson, show } from '../render/output.ts';
import { planLines } from '../render/plan.ts';
import { withWaits } from '../waits.ts';

/** Tasks that a plan shows at a terminal. */
const mostTasks = 10_000;

/** Adds `goal-agent plan`. */
export function addPlanCommand(program: Command, actions: Actions): void {
  const command = program
    .command('plan')
    .argument('<goal>', 'GOAL-0001, or its number', goalId)
    .option('--all', 'every completed task, too')
    .description('what is left of a goal: what can run at the same time, and the critical path');
  example(withJson(command), 'goal-agent plan GOAL-0001').action(
    (id: string, options: JsonOption & { all?: boolean }) => runPlan(actions, id, options),
  );
}

async function runPlan(
  actions: Actions,
  id: string,
  { json, all = false }: JsonOption & { all?: boolean },
): Promise<void> {
  if (json) return printJson(await actions.withTools((host) => host.run(generateExecutionPlan, { goal_id: id })));
  const { plan, tasks } = await actions.withTools(async (host) => {
    const plan = await generatePlan(host.call, id);
    const goalIds = new Set([id, ...[...plan.tasks.values()].map((task) => task.goal_id)]);
    const rows = [];
    for (const goalId of goalIds)
      rows.push(...(await listTasks(host.call, { goalId }, { limit: mostTasks })).toReversed());
    return { plan, tasks: await withWaits(host, rows) };
  });
  await show(planLines(plan, tasks, { all, look: look() }));
}
