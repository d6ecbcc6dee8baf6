import type { Json } from '../domain/json.ts';
import { blockOf, type SearchedTexts, searchWords, type WordsOwner, weightsKept } from '../domain/search-words.ts';
import type { Row } from './statement.ts';
import { deleteGoalRepos, insertGoalRepos } from './statements/goal-entries.ts';
import type { listSearchedTasks } from './statements/list-searched.ts';
import type { listSearchedGoalsAfter, listSearchedNotesAfter } from './statements/list-searched-pages.ts';
import { putGoalWords, putNoteWords, putTaskWords } from './statements/put-words.ts';
import { replaceResultWords, replaceTaskWords } from './statements/replace-words.ts';
import { step } from './steps.ts';

// The words of rows, and the steps that keep them as the texts are; each step belongs into the transaction that changes the texts.

export type SearchedGoal = Row<typeof listSearchedGoalsAfter>;
export type SearchedTask = Pick<Row<typeof listSearchedTasks>, 'id' | 'description'> &
  Omit<SearchedTexts, 'repo'> & { repo?: string | null | undefined; criteria?: unknown };
export type SearchedNote = Row<typeof listSearchedNotesAfter>;

/** A task's repository and its criteria share a weight: whoever changes one of them gives both. */
export function repoAndCriteria({
  repo,
  criteria,
}: {
  repo?: string | null | undefined;
  criteria?: unknown;
}): string[] {
  // a list of {text} wherever it comes from
  const texts = ((criteria ?? []) as { text: string }[]).map(({ text }) => text);
  return [...(repo == null ? [] : [repo]), ...texts];
}

/** `GOAL-0012` is 12, whatever stands in the row's `number`. */
export const numberIn = (id: string) => Number(id.slice(id.indexOf('-') + 1));

export function goalWords(workspaceId: number, goals: readonly SearchedGoal[]) {
  const words = goals.map(({ id, description, repos }) =>
    searchWords({ workspaceId, number: numberIn(id) }, { description, repo: repos }),
  );
  const ids = goals.map(({ id }) => id);
  return step(putGoalWords, { workspaceId, ids, blocks: ids.map((id) => blockOf(numberIn(id))), words });
}

/** What goals are found and listed by: their words, and their repositories. */
export function searchedGoals(workspaceId: number, goals: readonly SearchedGoal[]) {
  const goalIds = goals.map(({ id }) => id);
  return {
    goalWords: goalWords(workspaceId, goals),
    oldRepos: step(deleteGoalRepos, { workspaceId, goalIds }),
    newRepos: step(insertGoalRepos, { workspaceId, goalIds }),
  };
}

export function taskWords(workspaceId: number, tasks: readonly SearchedTask[]) {
  const words = tasks.map((task) =>
    searchWords({ workspaceId, number: numberIn(task.id) }, { ...task, repo: repoAndCriteria(task) }),
  );
  const ids = tasks.map(({ id }) => id);
  return step(putTaskWords, { workspaceId, ids, blocks: ids.map((id) => blockOf(numberIn(id))), words });
}

export function noteWords(workspaceId: number, notes: readonly SearchedNote[]) {
  const words = notes.map(({ id, text }) => searchWords({ workspaceId, number: id }, { description: text }));
  const ids = notes.map(({ id }) => id);
  return step(putNoteWords, { workspaceId, ids, blocks: ids.map(blockOf), words });
}

/** For the texts of a task that change; none where no text does. */
export function changedTaskWords(workspaceId: number, taskId: string, texts: SearchedTexts) {
  const { words, keptWeights } = changedWords(workspaceId, taskId, texts);
  return words === null ? undefined : step(replaceTaskWords, { workspaceId, taskId, keptWeights, words });
}

/** For results that tasks were given, where they have them now. */
export function resultWords(workspaceId: number, given: readonly { taskId: string; result: Json }[]) {
  const results = given.map(({ taskId, result }) => ({
    task_id: taskId,
    result,
    words: searchWords({ workspaceId, number: numberIn(taskId) }, { result }),
  }));
  return step(replaceResultWords, { workspaceId, results, keptWeights: weightsKept({ result: null }) });
}

/** The words of a new row. */
export function wordsOf(owner: WordsOwner, texts: SearchedTexts): { block: number; words: string } {
  return { block: blockOf(owner.number), words: searchWords(owner, texts) };
}

/** The words of a row's texts that change, null where none does, and the weights of those that stay. */
export function changedWords(workspaceId: number, id: string, texts: SearchedTexts) {
  const keptWeights = weightsKept(texts);
  const isChanged = keptWeights.length < allWeights;
  const words = isChanged ? searchWords({ workspaceId, number: numberIn(id) }, texts) : null;
  return { words, keptWeights };
}

const allWeights = weightsKept({}).length;
