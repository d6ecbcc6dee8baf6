import type { Json } from './json.ts';
import { exactNumber } from './json-text.ts';
import { termsIn } from './terms.ts';

// The words that goals, tasks and notes are found by, as PostgreSQL's tsvector. docs/decisions/search.md.

/** The owner of the words: each workspace has its own words, and each block of numbers in it. */
export interface WordsOwner {
  workspaceId: number;
  /** The number in the ID. */
  number: number;
}

/** The searched texts of a goal, task or note. A field that is left out does not exist, or stays as it is. */
export interface SearchedTexts {
  /** A note's text counts as a description. */
  description?: string | undefined;
  jira_ticket?: string | null | undefined;
  /** A goal has several. A task's stands with the texts of its criteria, which count as much. */
  repo?: string | readonly string[] | null | undefined;
  result?: Json | undefined;
}

/**
 * Each field's words have a weight of their own, for ranking and replacing, and places of their own. A field counts
 * with its first characters only.
 */
const fields = {
  description: { weight: 'a', most: 10_000, first: 1, last: 10_000 },
  jira_ticket: { weight: 'b', most: 1_000, first: 10_100, last: 10_299 },
  repo: { weight: 'c', most: 20_000, first: 10_300, last: 10_499 },
  result: { weight: 'd', most: 8_000, first: 10_500, last: 16_383 },
} as const;
const names = Object.keys(fields) as (keyof typeof fields)[];

const firstBlock = 16;
const blocksADoubling = 8;

/**
 * The block of a number: the first 65,536 are one block, and each doubling after that is eight. Any number of rows
 * therefore has few blocks, and no block holds more than a small part of the rows.
 */
export function blockOf(number: number): number {
  if (number < 2 ** firstBlock) return 0;
  const doublings = Math.floor(Math.log2(number));
  const part = Math.floor(number / (2 ** doublings / blocksADoubling)) - blocksADoubling;
  return 1 + (doublings - firstBlock) * blocksADoubling + part;
}

/** The block of a number, in SQL. */
export function blockInSql(number: string): string {
  const doublings = `(64 - position(b'1' in ${number}::bit(64)))`;
  return `case
            when ${number} < ${2 ** firstBlock} then 0
            else 1 + (${doublings} - ${firstBlock}) * ${blocksADoubling} + div(${number} * ${blocksADoubling}, 2::numeric ^ ${doublings}) - ${blocksADoubling}
          end`;
}

/** The words of these texts, as tsvector reads them. */
export function searchWords({ workspaceId, number }: WordsOwner, texts: SearchedTexts): string {
  const start = `'${workspaceId}.${blockOf(number)}:`;
  return names
    .flatMap((name) => {
      const { weight, most, first, last } = fields[name];
      return [...placesOf(textsIn(texts[name] ?? null, most))].map(
        ([word, place]) => `${start}${word}':${Math.min(first + place, last)}${weight}`,
      );
    })
    .join(' ');
}

/** The weights of the words that stay where these texts change. */
export function weightsKept(texts: SearchedTexts): string[] {
  return names.filter((name) => texts[name] === undefined).map((name) => fields[name].weight);
}

/**
 * The texts and numbers in a value, without its keys. They are in the order of the keys, because the database keeps no
 * order.
 */
function textsIn(root: Json | readonly string[], most: number): string {
  if (typeof root === 'string') return (exactNumber(root) ?? root).slice(0, most);
  let text = '';
  const waiting = [root as Json];
  for (let value = waiting.pop(); value !== undefined && text.length < most; value = waiting.pop()) {
    if (typeof value === 'string' || typeof value === 'number') text += `${exactNumber(value) ?? value} `;
    else if (Array.isArray(value)) waiting.push(...value.slice(0, most).reverse());
    else if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? 1 : -1));
      waiting.push(...entries.map(([, each]) => each));
    }
  }
  return text.slice(0, most);
}

/** Each word of a text with its first place. */
function placesOf(text: string): Map<string, number> {
  const places = new Map<string, number>();
  const add = (word: string, place: number) => {
    if (!places.has(word)) places.set(word, place);
  };
  let next = 0;
  for (const { whole, pieces, numbers, isRun } of termsIn(text)) {
    if (!isRun) add(whole, next);
    for (const number of numbers) add(number, next);
    pieces.forEach((piece, n) => {
      add(piece, next + n);
    });
    next += pieces.length;
    // a lone character is no start of two neighbours
    if (isRun) add([...whole].at(-1) ?? whole, next++);
  }
  return places;
}
