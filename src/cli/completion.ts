import type { Command, Option } from 'commander';
import { tools } from '../tools/index.ts';

/** What may stand in place of the last word. */
export interface Completion {
  words: string[];
  /** Kinds of rows whose IDs or names may stand there. */
  ids: ('goal' | 'task' | 'template')[];
  prefix: string;
}

/** Looks up in the tree of commands what fits after these words, of which the last is being written. */
export function completionFor(program: Command, typed: string[]): Completion {
  const prefix = typed.at(-1) ?? '';
  const { command, operands, waiting } = walk(program, typed.slice(0, -1));
  if (waiting !== undefined) return { ...valuesOf(waiting.attributeName(), waiting.argChoices), prefix };
  if (prefix.startsWith('-')) return { words: flagsOf(command), ids: [], prefix };
  const names = command.commands.filter((each) => !isHidden(each)).map((each) => each.name());
  if (names.length > 0) return { words: operands === 0 ? names : [], ids: [], prefix };
  const known = command.registeredArguments;
  const argument = known[operands] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined);
  if (argument === undefined) return { words: [], ids: [], prefix };
  return { ...valuesOf(argument.name(), argument.argChoices), prefix };
}

/** The command that the words lead to, how many operands it has, and the option that waits for its value. */
function walk(program: Command, words: string[]): { command: Command; operands: number; waiting: Option | undefined } {
  let command = program;
  let operands = 0;
  let waiting: Option | undefined;
  for (const word of words) {
    if (waiting !== undefined) {
      waiting = undefined;
    } else if (word.startsWith('-')) {
      const option = command.options.find(({ short, long }) => word === short || word === long);
      waiting = option?.required ? option : undefined;
    } else {
      const next = operands === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (next === undefined) operands += 1;
      else command = next;
    }
  }
  return { command, operands, waiting };
}

function flagsOf(command: Command): string[] {
  return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
}

function isHidden(command: Command): boolean {
  return (command as Command & { _hidden?: boolean })._hidden === true;
}

function valuesOf(name: string, choices: readonly string[] | undefined): Omit<Completion, 'prefix'> {
  if (choices !== undefined) return { words: [...choices], ids: [] };
  if (name === 'tool') return { words: tools.map((each) => each.name), ids: [] };
  const ids: Record<string, Completion['ids']> = {
    goal: ['goal'],
    parent: ['goal'],
    task: ['task'],
    tasks: ['task'],
    after: ['task'],
    notAfter: ['task'],
    'goal-or-task': ['goal', 'task'],
    template: ['template'],
  };
  return { words: [], ids: ids[name] ?? [] };
}
