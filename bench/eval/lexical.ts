import type { Tool } from '@modelcontextprotocol/client';
import type { EvalCase } from './case.ts';

/** The customary constants of BM25. */
const [k1, b] = [1.2, 0.75];

/**
 * The tools by how well their words fit what is said, the best first (BM25 over name, description and names of arguments).
 * No model reads like this: it knows no "Friday" for `defer_until`. It shows whether a tool is found by its words at all.
 */
export function rankByWords(tools: readonly Tool[], says: string): string[] {
  const documents = tools.map(({ name, description = '', inputSchema }) => ({
    name,
    words: wordsOf(`${name} ${description} ${Object.keys(inputSchema.properties ?? {}).join(' ')}`),
  }));
  const averageLength = documents.reduce((sum, { words }) => sum + words.length, 0) / documents.length;
  const weights = new Map(
    [...new Set(wordsOf(says))].map((word) => {
      const holders = documents.filter(({ words }) => words.includes(word)).length;
      return [word, Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5))];
    }),
  );
  const score = (words: readonly string[]) => {
    let sum = 0;
    for (const [word, weight] of weights) {
      const count = words.filter((each) => each === word).length;
      sum += (weight * count * (k1 + 1)) / (count + k1 * (1 - b + (b * words.length) / averageLength));
    }
    return sum;
  };
  return documents
    .map(({ name, words }) => ({ name, score: score(words) }))
    .sort((one, other) => other.score - one.score)
    .map(({ name }) => name);
}

/** The place of the first tool that the case accepts, from 1. */
export function placeByWords(tools: readonly Tool[], { says, accepts }: EvalCase): number {
  const right = new Set(accepts.map(({ tool }) => tool));
  return 1 + rankByWords(tools, says).findIndex((name) => right.has(name));
}

/** Words without their commonest endings: `finished` is found by `finish`, and `tasks` by `task`. */
function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[a-z]{2,}/g) ?? []).map((word) => word.replace(/(ing|ed|es|s)$/, ''));
}
