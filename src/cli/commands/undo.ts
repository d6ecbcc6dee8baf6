import { type Command, InvalidArgumentError } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import { historyLine } from '../../domain/history-line.ts';
import { parseSince, type Since, sinceForms } from '../../domain/since.ts';
import { listOperationsOf, type OwnOperation, previewUndo, type Undone, undoOperations } from '../../service/undo.ts';
import { undo } from '../../tools/undo.ts';
import type { Actions, CommandHost } from '../actions.ts';
import { example } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { asPerson } from '../personally.ts';
import { eventTable } from '../render/found.ts';
import { look, printJson } from '../render/output.ts';
import { count, print } from '../render.ts';

interface UndoOptions {
  agent?: string;
  since?: Since;
  yes?: boolean;
  json?: boolean;
}

/** Events that a preview shows of one operation. */
const shownEvents = 20;

/** Adds `goal-agent undo`: it shows what would be taken back, asks, and takes it back as one operation. */
export function addUndoCommand(program: Command, actions: Actions): void {
  const command = program
    .command('undo')
    .argument('[event]', 'the operation of this event of goal-agent log; your own last one when left out', eventNumber)
    .option('--agent <name>', 'all that this agent did, by its name in the history; with --since')
    .option('--since <when>', `the beginning of its work that is taken back: 30m, ${sinceForms}`, sinceOf)
    .option('-y, --yes', 'do it without asking')
    .option('--json', 'print the work and the result as JSON')
    .description('take back one operation, or all that an agent did since a time; shows it first, and asks');
  example(command, 'goal-agent undo --yes', 'goal-agent undo --agent claude --since 2h').action(
    (event: number | undefined, options: UndoOptions) => runUndo(actions, event, options),
  );
}

function sinceOf(value: string): Since {
  const since = parseSince(value);
  if (since === undefined) throw new InvalidArgumentError(`This is no time; write ${sinceForms}.`);
  return since;
}

function eventNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Write the number of an event, which goal-agent log shows.');
}

function runUndo(actions: Actions, event: number | undefined, options: UndoOptions): Promise<void> {
  const { agent, since, yes = false, json = false } = options;
  if (agent === undefined && since === undefined) {
    return actions.withTools((host) =>
      asPerson(
        () => undoOne(host, event, { yes, json }),
        () => undoOne(confirmed(host), event, { yes, json }),
      ),
    );
  }
  if (agent === undefined || since === undefined || event !== undefined) {
    throw new GoalAgentError(
      'invalid',
      'Give an event, or both --agent and --since, or nothing for your own last operation.',
    );
  }
  return actions.withTools((host) =>
    asPerson(
      () => undoAgent(host, { agent, since, yes, json }),
      () => undoAgent(confirmed(host), { agent, since, yes, json }),
    ),
  );
}

/** The same on the word of the person at the terminal. */
function confirmed(host: CommandHost): CommandHost {
  return { ...host, call: { ...host.call, isConfirmed: true }, run: host.runConfirmed };
}

interface Asking {
  yes: boolean;
  json: boolean;
}

async function undoOne(host: CommandHost, event: number | undefined, { yes, json }: Asking): Promise<void> {
  const { operation, actor, changes, events } = await previewUndo(host.call, event);
  if (!json) {
    const more = changes - Math.min(events.length, shownEvents);
    for (const line of eventTable(events.slice(0, shownEvents), look())) print(line);
    print(`One operation of ${actor}: ${count(changes, 'change')}${more > 0 ? `, ${more} of them not shown` : ''}.`);
  }
  const isWanted = yes || (!json && (await confirm('Take this back?')));
  const undone = isWanted
    ? await host.run<{ event_id: number; changed: number }>(undo, { event_id: operation })
    : undefined;
  if (json) {
    const result = undone === undefined ? {} : { event_id: undone.event_id, rows: undone.changed };
    printJson({
      agent: actor,
      operations: [{ event_id: operation, changes, line: events[0] === undefined ? '' : historyLine(events[0]) }],
      undone: undone !== undefined,
      ...result,
    });
  } else if (undone !== undefined) printUndone({ operation: undone.event_id, rows: undone.changed });
  else printNothing();
}

async function undoAgent(
  { call }: CommandHost,
  { agent, since, yes, json }: Asking & { agent: string; since: Since },
): Promise<void> {
  const operations = await listOperationsOf(call, agent, since);
  if (!json) preview(agent, operations);
  const isWanted = operations.length > 0 && (yes || (!json && (await confirm('Take all of this back?'))));
  const undone = isWanted
    ? await undoOperations(
        call,
        operations.map((each) => each.operation),
      )
    : undefined;
  if (json) printJson(reportOf(agent, operations, undone));
  else if (undone !== undefined) printUndone(undone);
  else if (operations.length > 0) printNothing();
}

function printUndone({ operation, rows }: Pick<Undone, 'operation' | 'rows'>): void {
  print(`Undone: ${count(rows, 'row')} as ${rows === 1 ? 'it was' : 'they were'} before, in one operation.`);
  print(`To have it back: goal-agent undo ${operation}`);
}

function printNothing(): void {
  print('Nothing was changed. To take it back without being asked, add --yes.');
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
