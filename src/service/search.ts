import { GoalAgentError } from '../domain/errors.ts';
import { parseSearchQuery } from '../domain/search-query.ts';
import { search as searchStatement } from '../store/statements/search.ts';
import type { Call } from './call.ts';

export type SearchKind = 'goal' | 'task' | 'note';

export interface SearchFilter {
  query: string;
  kind?: SearchKind | undefined;
  /** A goal's or a task's. Notes have none. */
  status?: string | undefined;
  limit: number;
}

/** Where the words of a search were found. A note's ID is its number. */
export interface Found {
  kind: SearchKind;
  id: string;
  goal_id: string;
  task_id: string | null;
  status: string | null;
  /** The text around the first of the words, with an ellipsis where it is cut. */
  snippet: string;
}

/**
 * Rows of each kind that are looked at and weighed: of a word that is everywhere the first ones found must do
 * (docs/decisions/search.md).
 */
export const weighedAtMost = 200;
const snippetLength = 200;

/**
 * Goals, tasks and notes that have all the words of a query, the last one as the start of a word, best first. `total` counts
 * all of them, up to 200 of each kind.
 * @throws GoalAgentError `invalid` for a query without words.
 */
export async function search(
  call: Call,
  { query, kind, status, limit }: SearchFilter,
): Promise<{ found: Found[]; total: number }> {
  const parsed = parseSearchQuery(query);
  if (parsed === undefined) {
    throw new GoalAgentError('invalid', 'search: the query has no word to look for; write words, an ID or a ticket.');
  }
  const { database, workspaceId } = call.store;
  const rows = await database.read(
    searchStatement,
    {
      workspaceId,
      query: parsed.tsquery,
      kind: kind ?? null,
      status: status ?? null,
      ids: parsed.ids,
      repo: query.trim(),
      candidates: weighedAtMost,
      words: parsed.words,
      snippetLength,
      limit,
    },
    { signal: call.signal },
  );
  const found = rows.map(({ total: _, starts_late, ends_early, snippet, ...row }) => ({
    ...row,
    kind: row.kind as SearchKind,
    snippet: `${starts_late ? '…' : ''}${snippet.replaceAll(/\s+/g, ' ').trim()}${ends_early ? '…' : ''}`,
  }));
  return { found, total: rows[0]?.total ?? 0 };
}
