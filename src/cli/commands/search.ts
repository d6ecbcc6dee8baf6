import { type Command, Option } from 'commander';
import { search } from '../../tools/search.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, several, wholeNumber, withJson } from '../arguments.ts';
import { foundTable } from '../render/found.ts';
import { hint, look, printJson, show } from '../render/output.ts';

interface SearchOptions extends JsonOption {
  kind?: string;
  status?: string;
  label?: string[];
  limit: number;
}

export interface Found {
  results: { kind: string; id: string; goal_id: string; task_id?: string; status?: string; snippet: string }[];
  count: number;
  total: number;
}

/** Adds `goal-agent search`. */
export function addSearchCommand(program: Command, actions: Actions): void {
  const command = program
    .command('search')
    .argument('<words...>', 'words, the start of a word, an ID, a ticket or a repository')
    .addOption(new Option('-k, --kind <kind>', 'only these').choices(['goal', 'task', 'note']))
    .option('-s, --status <status>', 'only those of this status')
    .option('-l, --label <name>', 'only those with this label; where it is repeated, with all of them', several)
    .option('-n, --limit <number>', 'at most so many, up to 50', wholeNumber, 20)
    .description('find goals, tasks and notes, the best first');
  example(withJson(command), 'goal-agent search oauth').action((words: string[], options: SearchOptions) =>
    runSearch(actions, words.join(' '), options),
  );
}

async function runSearch(
  actions: Actions,
  query: string,
  { json, label: labels, ...filter }: SearchOptions,
): Promise<void> {
  const found = await actions.withTools((host) => host.run<Found>(search, { query, labels, ...filter }));
  if (json) return printJson(found);
  if (found.count === 0) return show(['  Nothing found.', ...hint('A part of a word finds it, too.')]);
  const left = found.total - found.count;
  await show([
    ...foundTable(found.results, look()),
    ...(left > 0 ? hint(`${left} more: --limit, or another word`) : []),
  ]);
}
