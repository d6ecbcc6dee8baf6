import { type Command, InvalidArgumentError } from 'commander';
import { historyLine } from '../../domain/history-line.ts';
import { parseSince, type Since, sinceForms } from '../../domain/since.ts';
import { listOperationsOf, type OwnOperation, type Undone, undoOperations } from '../../service/undo.ts';
import type { Actions } from '../actions.ts';
import { confirm } from '../confirm.ts';
import { count, print } from '../render.ts';

interface UndoOptions {
  agent: string;
  since: Since;
  yes?: boolean;
  json?: boolean;
}

/** The actor that history names. */
const actor = 'operator';

/** Adds `goal-agent undo`: it shows all that an agent did, and takes it back as one operation. */
export function addUndoCommand(program: Command, actions: Actions): void {
  program
    .command('undo')
    .requiredOption('--agent <name>', 'the agent, by its name in the history')
    .requiredOption('--since <when>', `the beginning of its work that is taken back: 30m, ${sinceForms}`, sinceOf)
    .option('--yes', 'do it without asking')
    .option('--json', 'print the work and the result as JSON')
    .description('take back all that an agent did since a time, as one operation; shows the work first, and asks')
    .action((options: UndoOptions) => runUndo(actions, options));
}

function sinceOf(value: string): Since {
  const since = parseSince(value);
  if (since === undefined) throw new InvalidArgumentError(`This is no time; write ${sinceForms}.`);
  return since;
}

async function runUndo(actions: Actions, { agent, since, yes = false, json = false }: UndoOptions): Promise<void> {
  await actions.withCall(actor, async (call) => {
    const operations = await listOperationsOf(call, agent, since);
    if (!json) preview(agent, operations);
    const isWanted = operations.length > 0 && (yes || (!json && (await confirm('Take all of this back?'))));
    const undone = isWanted
      ? await undoOperations(
          call,
          operations.map((each) => each.operation),
        )
      : undefined;
    if (json) print(JSON.stringify(reportOf(agent, operations, undone), null, 2));
    else if (undone !== undefined) {
      print(
        `Undone: ${count(undone.rows, 'row')} as ${undone.rows === 1 ? 'it was' : 'they were'} before, in one operation.`,
      );
      print(
        `To have it back, call the tool undo with event_id ${undone.operation}, or run: goal-agent undo --agent ${actor} --since …`,
      );
    } else if (operations.length > 0) print('Nothing was changed. To take it back without being asked, add --yes.');
  });
}

function preview(agent: string, operations: OwnOperation[]): void {
  if (operations.length === 0) {
    print(`There is nothing of ${agent} to take back in that time.`);
    return;
  }
  for (const { changes, start } of operations)
    print(`${historyLine(start)}${changes > 1 ? ` (and ${count(changes - 1, 'change')} more)` : ''}`);
  const changes = operations.reduce((sum, each) => sum + each.changes, 0);
  print(`${count(operations.length, 'operation')} of ${agent}, newest first: ${count(changes, 'change')}.`);
}

function reportOf(agent: string, operations: OwnOperation[], undone: Undone | undefined) {
  return {
    agent,
    operations: operations.map(({ operation, changes, start }) => ({
      event_id: operation,
      changes,
      line: historyLine(start),
    })),
    undone: undone !== undefined,
    ...(undone !== undefined && { event_id: undone.operation, rows: undone.rows }),
  };
}
