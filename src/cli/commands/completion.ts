import { Argument, type Command } from 'commander';
import { completeGoalId } from '../../service/list-goals.ts';
import { completeTaskId } from '../../service/tasks.ts';
import { completeTemplateName } from '../../service/templates/templates.ts';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { type Completion, completionFor } from '../completion.ts';
import { completionScripts } from '../completion-scripts.ts';
import { printAsIs, write } from '../render/output.ts';

/** Adds `goal-agent completion`, and the hidden command that the shells' scripts ask. */
export function addCompletionCommands(program: Command, actions: Actions): void {
  const command = program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose script to print').choices(Object.keys(completionScripts)))
    .description('print the script that completes commands, options, IDs and names of templates in your shell')
    .addHelpText(
      'after',
      "\nTurn it on:\n  bash  echo 'source <(goal-agent completion bash)' >> ~/.bashrc\n  zsh   echo 'source <(goal-agent completion zsh)' >> ~/.zshrc, below compinit\n  fish  goal-agent completion fish > ~/.config/fish/completions/goal-agent.fish",
    );
  example(command, 'goal-agent completion bash').action((shell: keyof typeof completionScripts) =>
    write(completionScripts[shell]),
  );
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      for (const word of await candidates(actions, completionFor(program, words))) printAsIs(word);
    });
}

/** A shell that completes shows no errors: without a database there are no IDs. */
async function candidates(actions: Actions, { words, ids, prefix }: Completion): Promise<string[]> {
  const fixed = words.filter((word) => word.startsWith(prefix));
  if (ids.length === 0) return fixed;
  const found = await actions
    .withTools(async ({ call }) => [
      ...(ids.includes('goal') ? await completeGoalId(call, prefix) : []),
      ...(ids.includes('task') ? await completeTaskId(call, prefix) : []),
      ...(ids.includes('template') ? await completeTemplateName(call, prefix) : []),
    ])
    .catch(() => []);
  return [...fixed, ...found];
}
