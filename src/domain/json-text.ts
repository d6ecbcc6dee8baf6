/**
 * What a text of JSON says: the one place where text from outside becomes JSON. Without a library, since the first answer
 * of a start waits for it.
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  return JSON.parse(text);
}

/** The text that says it: the one place where an answer becomes text. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value);
}
