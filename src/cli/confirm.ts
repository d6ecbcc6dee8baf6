import { createInterface } from 'node:readline/promises';
import { GoalAgentError } from '../domain/errors.ts';

/** Whether the person at the terminal says yes. Without a terminal nobody can. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await answerTo(`${question} [y/N] `)) ?? '');
}

/** The text that the person at the terminal types. Undefined without a terminal. */
export function typedAgain(question: string): Promise<string | undefined> {
  return answerTo(`${question} `);
}

async function answerTo(question: string): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/** Whether a person is at the terminal. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** @throws GoalAgentError `conflict` unless somebody says yes: a script must not take a question for a deletion. */
export async function askToDelete(what: string, { yes }: { yes: boolean }): Promise<void> {
  if (yes || (await confirm(`Delete ${what}?`))) return;
  const advice = canAsk() ? '' : ' Nobody could be asked; --yes deletes without a question.';
  throw new GoalAgentError('conflict', `Nothing was deleted.${advice}`);
}
