import { insertGoalLabels, insertTaskLabels } from './statements/labels.ts';
import {
  listSearchedGoalsAfter,
  listSearchedNotesAfter,
  listSearchedTasksAfter,
} from './statements/list-searched-pages.ts';
import { listWorkspaces } from './statements/list-workspaces.ts';
import { type Run, type Steps, step } from './steps.ts';
import { noteWords, searchedGoals, taskWords } from './write-words.ts';

const limit = 500;

/** Gives every row of the database the words, repositories and labels that it is found and listed by, in a transaction that the caller holds. */
export async function fillWords(run: Run): Promise<void> {
  const { workspaces } = await run({ workspaces: step(listWorkspaces, {}) });
  for (const { id: workspaceId } of workspaces) {
    await fill(run, '', async (after) => {
      const { goals } = await run({ goals: step(listSearchedGoalsAfter, { workspaceId, after, limit }) });
      const labels = step(insertGoalLabels, { workspaceId, goalIds: goals.map(({ id }) => id) });
      return { rows: goals, steps: { ...searchedGoals(workspaceId, goals), labels } };
    });
    await fill(run, '', async (after) => {
      const { tasks } = await run({ tasks: step(listSearchedTasksAfter, { workspaceId, after, limit }) });
      const labels = step(insertTaskLabels, { workspaceId, taskIds: tasks.map(({ id }) => id) });
      return { rows: tasks, steps: { words: taskWords(workspaceId, tasks), labels } };
    });
    await fill(run, 0, async (after) => {
      const { notes } = await run({ notes: step(listSearchedNotesAfter, { workspaceId, after, limit }) });
      return { rows: notes, steps: { words: noteWords(workspaceId, notes) } };
    });
  }
}

interface Page<K> {
  rows: { id: K }[];
  steps: Steps;
}

async function fill<K>(run: Run, first: K, pageAfter: (after: K) => Promise<Page<K>>): Promise<void> {
  for (let after: K | undefined = first; after !== undefined; ) {
    const { rows, steps }: Page<K> = await pageAfter(after);
    if (rows.length > 0) await run(steps);
    after = rows.at(-1)?.id;
  }
}
