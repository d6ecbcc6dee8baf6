import type { Command } from 'commander';
import type { TaskStatus } from '../../domain/task-status.ts';
import { updateTaskStatus } from '../../tools/update-task-status.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption, TaskAnswer } from '../answers.ts';
import { example, json as parseJson, several, taskId, textOrStdin, withJson } from '../arguments.ts';
import { personally } from '../personally.ts';
import { warningLines } from '../render/details.ts';
import type { Look } from '../render/look.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { handOverLines, taskTable } from '../render/tasks.ts';
import { wrapped } from '../render/text.ts';
import { clock } from '../render/time.ts';

interface Verb {
  name: string;
  status: TaskStatus;
  description: string;
  /** What its text is; undefined where it takes none. */
  text?: string;
  example: string;
}

const verbs: Verb[] = [
  {
    name: 'start',
    status: 'in_progress',
    description: 'set a task to in progress; claim also keeps others away',
    example: 'goal-agent task start TASK-0001',
  },
  {
    name: 'done',
    status: 'completed',
    description: 'complete a task, with its result',
    text: 'what came of it',
    example: 'goal-agent task done TASK-0001 "Merged as #42" --next',
  },
  {
    name: 'fail',
    status: 'failed',
    description: 'say that a task failed',
    text: 'the reason',
    example: 'goal-agent task fail TASK-0002 "The provider has no sandbox"',
  },
  {
    name: 'block',
    status: 'blocked',
    description: 'say that a task cannot go on',
    text: 'the reason',
    example: 'goal-agent task block TASK-0003 "Waits for the legal review"',
  },
  {
    name: 'cancel',
    status: 'cancelled',
    description: 'say that a task will not be done; what depends on it goes on waiting, unless --waive lets it go',
    text: 'the reason',
    example: 'goal-agent task cancel TASK-0004 "The provider brings it" --waive',
  },
  {
    name: 'defer',
    status: 'deferred',
    description: 'put a task off: until a time, or until somebody reopens it',
    text: 'the reason',
    example: 'goal-agent task defer TASK-0002 --until 2w',
  },
  {
    name: 'reopen',
    status: 'pending',
    description: 'set a task to pending again',
    example: 'goal-agent task reopen TASK-0001',
  },
];

/** Adds a command for each thing that becomes of a task. */
export function addTaskStatusCommands(group: Command, actions: Actions): void {
  for (const verb of verbs) {
    const command = group
      .command(verb.name)
      .argument('<task>', 'TASK-0001, or its number', taskId)
      .description(verb.description);
    if (verb.text !== undefined) {
      command
        .argument('[text]', `${verb.text}; - reads it from stdin`)
        .option('-r, --result <json>', 'the result as JSON, in place of text', parseJson)
        .option('--met <criterion>', 'a criterion that is met, by its number or text; may be repeated', several)
        .option('--next', 'claim the next ready task of the goal, in the same step');
    }
    if (verb.status === 'cancelled') command.option('--waive', 'let go what depends on it, as if it were completed');
    if (verb.status === 'deferred')
      command.option('-u, --until <time>', 'when it is pending again: 3d, tomorrow, 2026-12-01');
    example(withJson(command), verb.example).action((id: string, ...rest: unknown[]) => {
      const [text, options] = verb.text === undefined ? [undefined, rest[0]] : rest;
      return runStatus(actions, {
        ...(options as JsonOption & Said),
        id,
        status: verb.status,
        text: text as string | undefined,
      });
    });
  }
}

/** What a command says beside the status. */
interface Said {
  result?: unknown;
  waive?: boolean;
  until?: string;
  next?: boolean;
  met?: string[];
}

async function runStatus(
  actions: Actions,
  {
    id,
    status,
    text,
    result,
    waive,
    until,
    next,
    met,
    json,
  }: JsonOption & Said & { id: string; status: string; text?: string | undefined },
): Promise<void> {
  const said = text === undefined ? result : await textOrStdin(text);
  const task = await actions.withTools((host) =>
    personally<TaskAnswer>(host, updateTaskStatus, {
      ...{ task_id: id, status, result: said, waive, defer_until: until },
      claim_next: next,
      criteria_met: met,
    }),
  );
  if (json) return printJson(task);
  await show(changedLines(task, look()));
}

/** A task that was changed, and what came of it. */
export function changedLines(task: TaskAnswer, shownAs: Look): string[] {
  const { made_ready = [], goal_status, goal_id, goal_changes = [], warnings, next } = task;
  const ready =
    made_ready.length > 10 ? [...made_ready.slice(0, 10), `and ${made_ready.length - 10} more`] : made_ready;
  const goals = [...(goal_status === undefined ? [] : [{ id: goal_id, status: goal_status }]), ...goal_changes];
  return [
    ...taskTable([task], shownAs),
    ...(ready.length === 0 ? [] : wrapped(`Ready now: ${ready.join(', ')}`, shownAs)),
    ...goals.flatMap(({ id, status }) => wrapped(`${id} is ${status.replaceAll('_', ' ')}.`, shownAs)),
    ...warningLines(warnings, shownAs),
    ...(next !== undefined ? nextLines(task, shownAs) : goOn(made_ready)),
  ];
}

function goOn([first]: string[]): string[] {
  return first === undefined ? [] : hint(`Go on: goal-agent task claim ${first}`);
}

/** The task that was claimed with the change of another one, or why there is none. */
function nextLines({ next, reason = '', come_back_at }: TaskAnswer, shownAs: Look): string[] {
  if (next) {
    const table = taskTable([{ ...next, status: 'in_progress' }], shownAs);
    return [
      ...table,
      ...handOverLines(next, shownAs),
      ...hint(`When it is done: goal-agent task done ${next.id} "…" --next`),
    ];
  }
  const back = come_back_at === undefined ? '' : ` Come back at ${clock(come_back_at)}.`;
  return wrapped(`${reason}${back}`, shownAs);
}
