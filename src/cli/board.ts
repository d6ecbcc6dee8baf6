import { isClosedGoal } from '../domain/closed-goal.ts';
import { isClosedTask } from '../domain/closed-task.ts';
import { countedAtMost } from '../domain/limits.ts';
import { getBriefing } from '../service/briefing.ts';
import { findOneGoal } from '../service/goals.ts';
import { listTasks } from '../service/list-tasks.ts';
import { generatePlan } from '../service/plans.ts';
import type { CommandHost } from './actions.ts';
import type { Board, BoardColumn } from './render/board.ts';
import type { TaskRow } from './render/tasks.ts';
import { withWaits } from './waits.ts';

/** Tasks of one goal that a board shows. */
const mostTasks = 5_000;

/** The board of one goal, or of everything that is under way. */
export function readBoard(host: CommandHost, goalId: string | undefined): Promise<Board> {
  return goalId === undefined ? workspaceBoard(host) : goalBoard(host, goalId);
}

async function goalBoard(host: CommandHost, goalId: string): Promise<Board> {
  const { call } = host;
  const goal = await findOneGoal(call, goalId);
  const rows = await withWaits(host, await listTasks(call, { goalId }, { limit: mostTasks }));
  const { plan } = await generatePlan(call, goalId);
  const critical = new Set(plan.criticalPath.taskIds);
  const tasks = rows.toReversed().map((row) => ({
    ...row,
    isCritical: critical.has(row.id),
    ...(hasLapsed(row) && { status: 'pending' as const }),
  }));
  const isOpen = !isClosedGoal(goal.status);
  const column = (name: string, wanted: (task: TaskRow) => boolean): BoardColumn => {
    const found = tasks.filter(wanted);
    return { name, total: found.length, tasks: found };
  };
  const isReady = (task: TaskRow) => isOpen && (task.waitsFor ?? []).length === 0;
  const done = column('Done', ({ status }) => isClosedTask(status));
  done.tasks.sort((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? ''));
  return {
    goal,
    columns: [
      column('Ready', (task) => task.status === 'pending' && isReady(task)),
      column('In progress', ({ status }) => status === 'in_progress'),
      column('Waiting', (task) => task.status === 'deferred' || (task.status === 'pending' && !isReady(task))),
      column('Stuck', ({ status }) => status === 'failed' || status === 'blocked'),
      done,
    ],
  };
}

/** A claim whose lease ran out: the task can be had again. */
function hasLapsed({ status, claimed_by, lease_expires_at }: TaskRow): boolean {
  return status === 'in_progress' && Boolean(claimed_by) && Date.parse(lease_expires_at ?? '') <= Date.now();
}

async function workspaceBoard({ call }: CommandHost): Promise<Board> {
  const { current, ready, waiting, finished } = await getBriefing(call, {});
  const inState = (status: string) => current.filter((task) => task.status === status);
  const stuck = [...inState('blocked'), ...inState('failed')];
  const totalOf = (rows: { total: number }[]) => rows[0]?.total ?? 0;
  const column = (
    name: string,
    total: number,
    tasks: TaskRow[],
    atMost: number = countedAtMost.briefed,
  ): BoardColumn => ({
    ...{ name, total, tasks },
    isAtLeast: total >= atMost,
  });
  const currentRow = (task: (typeof current)[number]): TaskRow => ({
    ...task,
    updated_at: task.at,
    result: startOf(task.result),
  });
  const started = inState('in_progress').map(currentRow);
  // these are among the ready ones
  const lapsed = started.filter(hasLapsed);
  const atWork = started.filter((task) => !hasLapsed(task));
  return {
    columns: [
      column(
        'Ready',
        totalOf(ready),
        ready.map((task) => ({ ...task, status: 'pending' })),
        countedAtMost.rows,
      ),
      column(
        'In progress',
        totalOf(inState('in_progress')) - lapsed.length,
        atWork,
        countedAtMost.briefed - lapsed.length,
      ),
      column(
        'Waiting',
        totalOf(waiting),
        waiting.map(({ waits_for, ...task }) => ({
          ...task,
          status: 'pending',
          waitsFor: waits_for.map((text) => text.split(' ')[0] ?? text),
        })),
      ),
      column('Stuck', totalOf(inState('blocked')) + totalOf(inState('failed')), stuck.map(currentRow)),
      column(
        'Done',
        totalOf(finished),
        finished.map((task) => ({ ...task, status: 'completed', completed_at: task.at, result: null })),
      ),
    ],
  };
}

/** The start of a result's JSON: a reason is a text. */
function startOf(json: string | null): string | null {
  return json?.startsWith('"') ? json.slice(1).replace(/"$/, '') : null;
}
