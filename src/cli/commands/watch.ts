import type { Command } from 'commander';
import type { Change } from '../../domain/change.ts';
import { longestName, named } from '../../domain/stored-text.ts';
import { watchChanges } from '../../service/watch-changes.ts';
import type { Actions, CommandHost } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalId, withJson } from '../arguments.ts';
import { readBoard } from '../board.ts';
import { boardLines } from '../render/board.ts';
import { isRead, isTerminal, look, onResize, print, printAsIs, terminalRows, write } from '../render/output.ts';
import { cut } from '../render/text.ts';
import { clock } from '../render/time.ts';

/** Ages and leases move on without a change. */
const redrawEveryMs = 30_000;
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';

/** Adds `goal-agent watch`. */
export function addWatchCommand(program: Command, actions: Actions): void {
  const command = program
    .command('watch')
    .argument('[goal]', 'GOAL-0001, or its number', goalId)
    .description('the board, drawn anew whenever something changes, until Ctrl+C; in a pipe a line for each change');
  example(withJson(command), 'goal-agent watch GOAL-0001').action((id: string | undefined, options: JsonOption) =>
    runWatch(actions, id, options),
  );
}

async function runWatch(actions: Actions, goal: string | undefined, { json }: JsonOption): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  await actions.withTools((host) => {
    const watched = { host, goal, signal: stop.signal };
    return isTerminal() && !json ? drawOnChange(watched) : listChanges(watched, json === true);
  });
}

interface Watched {
  host: CommandHost;
  goal: string | undefined;
  signal: AbortSignal;
}

async function listChanges({ host, goal, signal }: Watched, json: boolean): Promise<void> {
  for await (const { changes } of watchChanges(host.call.store, { goalId: goal, signal })) {
    for (const change of changes) json ? printAsIs(JSON.stringify(change)) : print(lineOf(change));
    if (!isRead()) return;
  }
}

function lineOf({ operation, type, id, task_id, goal_id }: Change): string {
  const subject = type.startsWith('note.') ? `note on ${task_id ?? goal_id}` : id;
  return `${operation.at.slice(0, 19)}Z ${named(operation.actor, longestName)} ${type} ${subject}`;
}

async function drawOnChange({ host, goal, signal }: Watched): Promise<void> {
  let board = await readBoard(host, goal);
  let last = '';
  const draw = () => write(screen(boardLines(board, look(), (terminalRows() ?? 24) - 2), last));
  const timer = setInterval(draw, redrawEveryMs);
  const ignoreSize = onResize(draw);
  write(enter);
  try {
    for await (const { changes } of watchChanges(host.call.store, { goalId: goal, signal })) {
      board = await readBoard(host, goal);
      const change = changes.at(-1);
      if (change !== undefined) last = `${clock(change.operation.at).slice(11)} ${lineOf(change).slice(21)}`;
      draw();
    }
  } finally {
    clearInterval(timer);
    ignoreSize();
    write(leave);
  }
}

/** Each line over the one that was there, so that nothing flickers. */
function screen(lines: string[], last: string): string {
  const rows = terminalRows() ?? 24;
  const here = look();
  const foot = here.colours.muted(
    cut(`  ${last === '' ? 'Nothing has changed yet.' : last}  Ctrl+C ends.`, here.width, here),
  );
  const shown = lines.slice(0, rows - 2);
  return `\u001b[H${[...shown, foot].map((line) => `${line}\u001b[K`).join('\n')}\u001b[J`;
}
