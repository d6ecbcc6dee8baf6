import type { Command } from 'commander';
import { answerBudget } from '../../domain/limits.ts';
import { getBriefing } from '../../tools/get-briefing.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalId, since, withJson } from '../arguments.ts';
import { look, printJson, show } from '../render/output.ts';
import { wrapped } from '../render/text.ts';

interface BriefOptions extends JsonOption {
  since?: string;
}

/** Adds `goal-agent brief`: what an agent reads when it starts. */
export function addBriefCommand(program: Command, actions: Actions): void {
  const command = program
    .command('brief')
    .argument('[goal]', 'GOAL-0001, or its number; everything when left out', goalId)
    .option('--since <when>', 'what was finished and noted since: 2h, 3d, yesterday', since)
    .description('where things stand, as an agent is told it: in progress, stuck, ready, finished, notes');
  example(withJson(command), 'goal-agent brief', 'goal-agent brief GOAL-0001 --since 1d').action(
    (id: string | undefined, options: BriefOptions) => runBrief(actions, id, options),
  );
}

async function runBrief(actions: Actions, id: string | undefined, { json, since }: BriefOptions): Promise<void> {
  const args = { goal_id: id, since, max_chars: answerBudget.total };
  const answer = await actions.withTools((host) => host.run<{ briefing: string }>(getBriefing, args));
  if (json) return printJson(answer);
  const here = look();
  await show(
    answer.briefing.split('\n').flatMap((line) => {
      if (line.startsWith('## ')) return wrapped(line.slice(3), here).map(here.colours.strong);
      return line.startsWith('- ') ? hanging(line.slice(2), here) : wrapped(line, here);
    }),
  );
}

/** Further lines of an entry stand under its text. */
function hanging(text: string, here: ReturnType<typeof look>): string[] {
  return wrapped(text, here, '    ').map((line, place) => (place === 0 ? `  - ${line.slice(4)}` : line));
}
