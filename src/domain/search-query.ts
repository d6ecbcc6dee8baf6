import { GoalId, TaskId } from './ids.ts';
import { placesIn, type Term, termsIn } from './terms.ts';

/** The number of words that a search looks for; later words do not narrow it further. */
const mostWords = 20;

/** A query as the search reads it. */
export interface SearchQuery {
  /** The goals and tasks that the query names. */
  ids: string[];
  /** What the words start with. */
  words: string[];
  /** A tsquery for all of the words, the last as the start of a word, with `#` before each for the owner of the words. */
  tsquery: string;
}

/** Undefined where the text has nothing to look for. `task-12` stands for TASK-0012, as everywhere. */
export function parseSearchQuery(text: string): SearchQuery | undefined {
  const parts = text.split(/\s+/).map((part) => idIn(part) ?? part);
  const ids = parts.filter((part) => idIn(part) !== undefined);
  const terms = [...termsIn(parts.join(' '))].slice(0, mostWords);
  if (terms.length === 0) return undefined;
  const tsquery = terms.map((term, place) => queryOf(term, place === terms.length - 1)).join(' & ');
  return { ids: [...new Set(ids)], words: [...new Set(terms.flatMap(wordsOf))], tsquery };
}

/** Text around the first of the words, at most `length` characters of it. */
export function snippetOf(text: string, words: readonly string[], length: number): string {
  const start = Math.max(0, firstPlace(text, words) - Math.floor(length / 3));
  const cut = text.slice(start, start + length).toWellFormed();
  const end = start + length < text.length ? '…' : '';
  return `${start > 0 ? '…' : ''}${cut.replaceAll('\ufffd', '').replaceAll(/\s+/g, ' ').trim()}${end}`;
}

function firstPlace(text: string, words: readonly string[]): number {
  for (const { start, written } of placesIn(text)) {
    for (const term of termsIn(written)) {
      const word = words.find((each) => wordsOf(term).some((own) => own.startsWith(each)));
      if (word !== undefined) return start + (term.isRun ? Math.max(0, written.indexOf(word)) : 0);
    }
  }
  return 0;
}

/** The ways to find a term: itself, or all of its pieces. */
function queryOf({ whole, pieces, isRun }: Term, isStart: boolean): string {
  if (isRun) return pieces.length === 0 ? lexeme(whole, true) : all(pieces.slice(0, mostWords), false);
  return pieces.length === 1 ? lexeme(whole, isStart) : `(${lexeme(whole, isStart)} | ${all(pieces, isStart)})`;
}

function all(words: readonly string[], isStart: boolean): string {
  // a number is whole: a term that begins with a number is found by all of it
  const may = (word: string, place: number) => isStart && place === words.length - 1 && !/^\p{N}+$/u.test(word);
  return words.map((word, place) => lexeme(word, may(word, place))).join(' & ');
}

// without quotes and backslashes in it, a word may stand in quotes as it is
function lexeme(word: string, isStart: boolean): string {
  return `'#${word}'${isStart ? ':*' : ''}`;
}

function wordsOf({ whole, pieces, isRun }: Term): string[] {
  return isRun && pieces.length > 0 ? pieces : [whole, ...pieces];
}

function idIn(text: string): string | undefined {
  for (const schema of [TaskId, GoalId]) {
    const parsed = schema.safeParse(text.replace(/[.,;:!?]+$/, ''));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}
