import {
  listSearchedGoalsAfter,
  listSearchedNotesAfter,
  listSearchedTasksAfter,
} from './statements/list-searched-pages.ts';
import { listWorkspaces } from './statements/list-workspaces.ts';
import { type Run, type Step, step } from './steps.ts';
import { goalWords, noteWords, taskWords } from './write-words.ts';

const limit = 500;

/** Gives every row of the database the words that it is found by, in a transaction that the caller holds. */
export async function fillWords(run: Run): Promise<void> {
  const [workspaces] = await run([step(listWorkspaces, {})] as const);
  for (const { id: workspaceId } of workspaces) {
    await fill(run, '', async (after) => {
      const [goals] = await run([step(listSearchedGoalsAfter, { workspaceId, after, limit })] as const);
      return [goals, goalWords(workspaceId, goals)];
    });
    await fill(run, '', async (after) => {
      const [tasks] = await run([step(listSearchedTasksAfter, { workspaceId, after, limit })] as const);
      return [tasks, taskWords(workspaceId, tasks)];
    });
    await fill(run, 0, async (after) => {
      const [notes] = await run([step(listSearchedNotesAfter, { workspaceId, after, limit })] as const);
      return [notes, noteWords(workspaceId, notes)];
    });
  }
}

async function fill<K>(run: Run, first: K, page: (after: K) => Promise<[{ id: K }[], Step]>): Promise<void> {
  for (let after: K | undefined = first; after !== undefined; ) {
    const [rows, words]: [{ id: K }[], Step] = await page(after);
    if (rows.length > 0) await run([words]);
    after = rows.at(-1)?.id;
  }
}
