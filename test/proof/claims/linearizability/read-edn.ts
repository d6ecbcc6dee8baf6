/** What a line of a history is made of. A keyword is its name; a map's keys are names, too. */
export type Edn = null | boolean | number | string | Edn[] | { [key: string]: Edn };

/**
 * Reads one value in the extensible data notation: https://github.com/edn-format/edn. Of it, what histories have: nil,
 * booleans, numbers, strings, keywords, vectors, and maps whose keys are keywords.
 *
 * @throws Error for anything else.
 */
export function readEdn(text: string): Edn {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

/** Commas are white space. */
const token = /[\s,]*(?:([[\]{}])|("(?:[^"\\]|\\.)*")|([^\s,[\]{}"]+))/y;
const closing = Symbol('closing');

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Edn {
    const value = this.#next();
    if (value === closing) throw this.#wrong();
    return value;
  }

  end(): void {
    if (this.#text.slice(this.#at).replaceAll(',', '').trim() !== '') throw this.#wrong();
  }

  #next(): Edn | typeof closing {
    token.lastIndex = this.#at;
    const [all, bracket, string, atom] = token.exec(this.#text) ?? [];
    if (all === undefined) throw this.#wrong();
    this.#at = token.lastIndex;
    if (bracket === '[') return this.#sequence();
    if (bracket === '{') return this.#map();
    if (bracket !== undefined) return closing;
    return string === undefined ? this.#atom(atom ?? '') : JSON.parse(string);
  }

  #sequence(): Edn[] {
    const found: Edn[] = [];
    for (let value = this.#next(); value !== closing; value = this.#next()) found.push(value);
    return found;
  }

  #map(): { [key: string]: Edn } {
    const found: { [key: string]: Edn } = {};
    const parts = this.#sequence();
    for (let n = 0; n < parts.length; n += 2) found[String(parts[n])] = parts[n + 1] ?? null;
    return found;
  }

  #atom(text: string): Edn {
    if (text.startsWith(':')) return text.slice(1);
    if (text === 'nil') return null;
    if (text === 'true' || text === 'false') return text === 'true';
    const number = Number(text);
    if (Number.isNaN(number)) throw this.#wrong();
    return number;
  }

  #wrong(): Error {
    return new Error(`no EDN at ${this.#at}: ${this.#text}`);
  }
}
