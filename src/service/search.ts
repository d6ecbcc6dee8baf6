import { GoalAgentError } from '../domain/errors.ts';
import { GoalStatus } from '../domain/goal.ts';
import { parseSearchQuery, snippetOf } from '../domain/search-query.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { step } from '../store/database.ts';
import { search as searchStatement } from '../store/statements/search.ts';
import { type Call, read } from './call.ts';

const kinds = ['goal', 'task', 'note'] as const;
export type SearchKind = (typeof kinds)[number];

export interface SearchFilter {
  query: string;
  kind?: SearchKind | undefined;
  /** A goal's or a task's. Notes have none. */
  status?: string | undefined;
  /** All of these, of a goal or a task. Notes have none. */
  labels?: string[] | undefined;
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
  { query, kind, status, labels, limit }: SearchFilter,
): Promise<{ found: Found[]; total: number }> {
  const parsed = parseSearchQuery(query);
  if (parsed === undefined) {
    throw new GoalAgentError('invalid', 'search: the query has no word to look for; write words, an ID or a ticket.');
  }
  const goalStatus = GoalStatus.safeParse(status).data ?? null;
  const taskStatus = TaskStatus.safeParse(status).data ?? null;
  const { rows } = await read(call, {
    rows: step(searchStatement, {
      workspaceId: call.store.workspaceId,
      query: parsed.tsquery,
      kinds: kindsOf({ kind, status, labels, goalStatus, taskStatus }),
      goalStatus,
      taskStatus,
      ids: parsed.ids,
      labels: labels ?? null,
      candidates: weighedAtMost,
      limit,
    }),
  });
  const found = rows.map(({ total: _, text, ...row }) => ({
    ...row,
    kind: row.kind as SearchKind,
    snippet: snippetOf(text, parsed.words, snippetLength),
  }));
  return { found, total: rows[0]?.total ?? 0 };
}

interface Narrowing {
  kind: SearchKind | undefined;
  status: string | undefined;
  labels: string[] | undefined;
  goalStatus: GoalStatus | null;
  taskStatus: TaskStatus | null;
}

/** What can be of this kind, and have this status and labels. */
function kindsOf({ kind, status, labels, goalStatus, taskStatus }: Narrowing): SearchKind[] {
  const may = { goal: goalStatus !== null, task: taskStatus !== null, note: false };
  return kinds.filter(
    (each) =>
      (kind === undefined || each === kind) &&
      (status === undefined || may[each]) &&
      (labels === undefined || each !== 'note'),
  );
}
