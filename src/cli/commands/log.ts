import type { Command } from 'commander';
import { parseSince } from '../../domain/since.ts';
import { getHistory as readHistory } from '../../service/history.ts';
import { getHistory } from '../../tools/get-history.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalOrTask, since, wholeNumber, withJson } from '../arguments.ts';
import { readPages } from '../pages.ts';
import { eventTable } from '../render/found.ts';
import { hint, look, printJson, show } from '../render/output.ts';
import { clock } from '../render/time.ts';

interface LogOptions extends JsonOption {
  agent?: string;
  since?: string;
  limit: number;
}

interface EventPage {
  events: { event_id: number; operation: number; line: string }[];
  count: number;
  next_cursor?: string;
}

type Subject = { goal_id?: string; task_id?: string };

/** Adds `goal-agent log`. */
export function addLogCommand(program: Command, actions: Actions): void {
  const command = program
    .command('log')
    .argument('[goal-or-task]', 'GOAL-0001 or TASK-0001; everything when left out', goalOrTask)
    .option('-a, --agent <name>', 'what this agent did')
    .option('--since <when>', '2h, 3d, yesterday or 2026-11-23T10:42:00Z', since)
    .option('-n, --limit <number>', 'at most so many', wholeNumber, 50)
    .description('who changed what and when, newest first');
  example(withJson(command), 'goal-agent log TASK-0001', 'goal-agent log --agent claude --since 2h').action(
    (subject: Subject | undefined, options: LogOptions) => runLog(actions, subject ?? {}, options),
  );
}

async function runLog(actions: Actions, subject: Subject, { json, agent, since, limit }: LogOptions): Promise<void> {
  if (json) {
    const args = { ...subject, actor: agent, since };
    const page = await actions.withTools((host) =>
      readPages<EventPage, 'events'>(host, { tool: getHistory, args, list: 'events', limit }),
    );
    return printJson(page);
  }
  const filter = {
    goalId: subject.goal_id,
    taskId: subject.task_id,
    actor: agent,
    since: since === undefined ? undefined : parseSince(since),
  };
  const { events: found, archivedUntil } = await actions.withTools(({ call }) =>
    readHistory(call, filter, { limit: limit + 1 }),
  );
  const events = found.slice(0, limit);
  const [newest] = events;
  const isWhole = found.length <= limit;
  const older =
    isWhole && archivedUntil !== undefined
      ? hint(`What is older than ${clock(archivedUntil)} is in a file: goal-agent archive list`)
      : [];
  if (newest === undefined) return show(['  Nothing happened.', ...older]);
  await show([
    ...eventTable(events, look()),
    ...(isWhole ? older : hint(`There is more: --limit ${limit * 4}`)),
    ...hint(`To take one back: goal-agent undo ${newest.seq}`),
  ]);
}
