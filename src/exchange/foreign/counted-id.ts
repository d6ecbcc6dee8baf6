import { createHash } from 'node:crypto';

const longest = 150;

/**
 * An ID for what its file gives none: its text, with a number where the same text was there before. `occurrences` is kept
 * through the file.
 */
export function countedId(text: string, occurrences: Map<string, number>): string {
  const hash = text.length > longest ? `… ${createHash('sha256').update(text).digest('hex').slice(0, 12)}` : '';
  const name = `${text.slice(0, longest).replaceAll(/\s+/g, ' ')}${hash}`;
  const count = (occurrences.get(name) ?? 0) + 1;
  occurrences.set(name, count);
  return count === 1 ? name : `${name} (${count})`;
}
