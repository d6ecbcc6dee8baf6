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
  const { workspaces } = await run({ workspaces: step(listWorkspaces, {}) });
  for (const { id: workspaceId } of workspaces) {
    await fill(run, '', async (after) => {
      const { goals } = await run({ goals: step(listSearchedGoalsAfter, { workspaceId, after, limit }) });
      return { rows: goals, words: goalWords(workspaceId, goals) };
    });
    await fill(run, '', async (after) => {
      const { tasks } = await run({ tasks: step(listSearchedTasksAfter, { workspaceId, after, limit }) });
      return { rows: tasks, words: taskWords(workspaceId, tasks) };
    });
    await fill(run, 0, async (after) => {
      const { notes } = await run({ notes: step(listSearchedNotesAfter, { workspaceId, after, limit }) });
      return { rows: notes, words: noteWords(workspaceId, notes) };
    });
  }
}

interface Page<K> {
  rows: { id: K }[];
  words: Step;
}

async function fill<K>(run: Run, first: K, pageAfter: (after: K) => Promise<Page<K>>): Promise<void> {
  for (let after: K | undefined = first; after !== undefined; ) {
    const { rows, words }: Page<K> = await pageAfter(after);
    if (rows.length > 0) await run({ words });
    after = rows.at(-1)?.id;
  }
}
