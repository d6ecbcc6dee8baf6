import type { Command } from 'commander';
import { claimTasks } from '../../tools/claim-tasks.ts';
import { releaseTasks } from '../../tools/release-tasks.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalId, seconds, several, taskIds, wholeNumber, withJson } from '../arguments.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { handOverLines, type TaskRow, taskTable } from '../render/tasks.ts';
import { wrapped } from '../render/text.ts';
import { clock } from '../render/time.ts';
import { untilStopped } from '../until-stopped.ts';

interface ClaimAnswer {
  tasks: TaskRow[];
  reason?: string;
  come_back_at?: string;
  renewed?: { task_id: string; reason: string }[];
  not_claimed?: { task_id: string; reason: string }[];
}

interface ReleaseAnswer {
  released: string[];
  not_released?: { task_id: string; reason: string }[];
}

interface ClaimOptions extends JsonOption {
  goal?: string;
  label?: string[];
  limit: number;
  lease?: number;
  wait?: number;
}

/** Adds claim and release. */
export function addTaskClaimCommands(group: Command, actions: Actions): void {
  const claim = group
    .command('claim')
    .argument('[tasks...]', 'TASK-0001, or its number; the next ready ones when none is named', taskIds)
    .option('-g, --goal <goal>', 'the next ready ones of this goal', goalId)
    .option('--label <name>', 'the next ready ones with this label; where it is repeated, with all of them', several)
    .option('-n, --limit <number>', 'how many, when none is named', wholeNumber, 1)
    .option('-l, --lease <time>', 'how long nobody else gets them: 30m, 2h (default: 15m)', seconds)
    .option('-w, --wait <time>', 'how long to wait where there is nothing, 5m at most; Ctrl+C ends it', seconds)
    .description('take ready tasks, so that no other agent works on them');
  example(withJson(claim), 'goal-agent task claim TASK-0002 --lease 1h').action(
    (tasks: string[], options: ClaimOptions) => runClaim(actions, tasks, options),
  );
  const release = group
    .command('release')
    .argument('<tasks...>', 'TASK-0001, or its number', taskIds)
    .option('-r, --reason <text>', 'why; history keeps it')
    .description('give back tasks that you claimed');
  example(withJson(release), 'goal-agent task release TASK-0002').action(
    (tasks: string[], options: JsonOption & { reason?: string }) => runRelease(actions, tasks, options),
  );
}

async function runClaim(
  actions: Actions,
  tasks: string[],
  { json, goal, label, limit, lease, wait }: ClaimOptions,
): Promise<void> {
  const which = tasks.length > 0 ? { task_ids: tasks } : { limit };
  const args = { ...which, goal_id: goal, labels: label, lease_seconds: lease, wait_seconds: wait };
  const answer = await actions.withTools((host) =>
    wait === undefined
      ? host.run<ClaimAnswer>(claimTasks, args)
      : untilStopped((signal) => host.run<ClaimAnswer>(claimTasks, args, signal)),
  );
  if (answer === undefined) return;
  if (json) printJson(answer);
  else await show(claimLines(answer));
  if (answer.tasks.length === 0 && tasks.length > 0) process.exitCode = 1;
}

function claimLines({ tasks, reason, come_back_at, renewed = [], not_claimed = [] }: ClaimAnswer): string[] {
  const here = look();
  const shown = tasks.map((task) => ({ ...task, status: 'in_progress' }));
  const [first] = tasks;
  return [
    ...taskTable(shown, here),
    ...tasks.flatMap((task) => handOverLines(task, here)),
    ...reasonLines([...renewed, ...not_claimed]),
    ...(reason === undefined ? [] : wrapped(reason, here)),
    ...(come_back_at === undefined ? [] : wrapped(`Come back at ${clock(come_back_at)}.`, here)),
    ...(first === undefined ? [] : hint(`When it is done: goal-agent task done ${first.id} "…"`)),
  ];
}

async function runRelease(
  actions: Actions,
  tasks: string[],
  { json, reason }: JsonOption & { reason?: string },
): Promise<void> {
  const answer = await actions.withTools((host) => host.run<ReleaseAnswer>(releaseTasks, { task_ids: tasks, reason }));
  const { released, not_released = [] } = answer;
  if (json) printJson(answer);
  else
    await show([
      ...(released.length === 0 ? [] : wrapped(`Given back: ${released.join(', ')}`, look())),
      ...reasonLines(not_released),
    ]);
  if (released.length === 0) process.exitCode = 1;
}

function reasonLines(rows: { task_id: string; reason: string }[]): string[] {
  const { colours } = look();
  return rows.flatMap(({ task_id, reason }) => wrapped(`${task_id}: ${reason}`, look()).map(colours.warning));
}
