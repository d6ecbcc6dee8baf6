import type { Command } from 'commander';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalId, withJson } from '../arguments.ts';
import { readBoard } from '../board.ts';
import { type Board, boardLines } from '../render/board.ts';
import { hint, look, printJson, show } from '../render/output.ts';

/** Adds `goal-agent board`. */
export function addBoardCommand(program: Command, actions: Actions): void {
  const command = program
    .command('board')
    .argument('[goal]', 'GOAL-0001, or its number; everything that is under way when left out', goalId)
    .description('tasks by what one asks of them: ready, in progress, waiting, stuck, done');
  example(withJson(command), 'goal-agent board', 'goal-agent board GOAL-0001').action(
    (id: string | undefined, options: JsonOption) => runBoard(actions, id, options),
  );
}

async function runBoard(actions: Actions, id: string | undefined, { json }: JsonOption): Promise<void> {
  const board = await actions.withTools((host) => readBoard(host, id));
  if (json) return printJson(boardJson(board));
  const isEmpty = board.columns.every(({ total }) => total === 0);
  await show([...boardLines(board, look()), ...(isEmpty ? hint('Start with: goal-agent goal add "…"') : [])]);
}

/** The keys are part of what docs/command-line.md promises. */
export function boardJson({ goal, columns }: Board) {
  return {
    ...(goal !== undefined && { goal_id: goal.id }),
    columns: columns.map(({ name, total, tasks }) => ({
      name: name.toLowerCase().replaceAll(' ', '_'),
      total,
      tasks: tasks.map((task) => ({
        id: task.id,
        goal_id: task.goal_id ?? goal?.id,
        description: task.description,
        status: task.status,
        waits_for: task.waitsFor ?? [],
        claimed_by: task.claimed_by ?? null,
        lease_expires_at: task.lease_expires_at ?? null,
        critical: task.isCritical === true,
      })),
    })),
  };
}
