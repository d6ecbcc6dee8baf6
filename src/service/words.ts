import { blockOf, type SearchedTexts, searchWords, type WordsOwner, weightsKept } from '../domain/search-words.ts';
import { numberIn } from '../store/write-words.ts';
import type { Call } from './call.ts';

// The words by which what is written is found, as the functions of the schema take them.

/** Of a new row. */
export function wordsOf(owner: WordsOwner, texts: SearchedTexts): { block: number; words: string } {
  return { block: blockOf(owner.number), words: searchWords(owner, texts) };
}

/** Of a row whose texts change: null where none does. */
export function changedWordsOf({ store }: Call, id: string, texts: SearchedTexts) {
  const keptWeights = weightsKept(texts);
  const isChanged = keptWeights.length < weightsKept({}).length;
  const words = isChanged ? searchWords({ workspaceId: store.workspaceId, number: numberIn(id) }, texts) : null;
  return { words, keptWeights };
}
