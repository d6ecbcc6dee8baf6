import { createInterface } from 'node:readline/promises';
import { GoalAgentError } from '../domain/errors.ts';

/** Whether the person at the terminal says yes. Without a terminal nobody can. */
export async function confirm(question: string): Promise<boolean> {
  if (!canAsk()) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** @throws GoalAgentError `conflict` unless somebody says yes: a script must not take a question for a deletion. */
export async function askToDelete(what: string, { yes }: { yes: boolean }): Promise<void> {
  if (yes || (await confirm(`Delete ${what}?`))) return;
  const advice = canAsk() ? '' : ' Nobody could be asked; --yes deletes without a question.';
  throw new GoalAgentError('conflict', `Nothing was deleted.${advice}`);
}
