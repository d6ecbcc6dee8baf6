import { GoalId, TaskId } from './ids.ts';

/** What separates words, beside white space: the characters of the index (migrations/0006_cheaper-writes.sql). */
const separators = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\u00a0«·»–—‘’“”•…→\u3000、。，');
/** Words that a search looks for; those after them narrow it no further. */
const mostWords = 20;

/** What a text means to the search. */
export interface SearchQuery {
  /** Goals and tasks that it names. */
  ids: string[];
  /** Lower case. The last one may be the start of a word. */
  words: string[];
  /** The words as PostgreSQL's to_tsquery reads them: all of them, the last as the start of a word. */
  tsquery: string;
}

/** Undefined where there is nothing to look for in the text. `task-12` stands for TASK-0012, as everywhere. */
export function parseSearchQuery(text: string): SearchQuery | undefined {
  const parts = text.split(/\s+/).map((part) => idIn(part) ?? part);
  const ids = parts.filter((part) => idIn(part) !== undefined);
  const words = [...parts.join(' ')]
    .map((character) => (separators.has(character) ? ' ' : character))
    .join('')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, mostWords);
  if (words.length === 0) return undefined;
  // without quotes and backslashes in it, a word may stand in quotes as it is
  return { ids: [...new Set(ids)], words, tsquery: `${words.map((word) => `'${word}'`).join(' & ')}:*` };
}

function idIn(text: string): string | undefined {
  for (const schema of [TaskId, GoalId]) {
    const parsed = schema.safeParse(text.replace(/[.,;:!?]+$/, ''));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}
