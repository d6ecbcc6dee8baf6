import type { Json, JsonObject } from '../domain/json.ts';
import { numberOf, unlikeNumber, writeJson } from '../domain/json-text.ts';

/** The place where reading stopped, counted from 1; columns in UTF-16 units, as editors count them. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
  readonly line: number;
  readonly column: number;

  constructor(message: string, bytes: Uint8Array, offset: number) {
    super(message);
    const before = bytes.subarray(0, offset);
    this.line = before.reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1);
    this.column = bytesOf(before.subarray(before.lastIndexOf(0x0a) + 1)).toString('utf8').length + 1;
  }
}

/** A value that Python's reader accepts and that we cannot keep. It was replaced; this is the original. */
export interface JsonNotice {
  /** Keys and places from the root of the text. */
  path: (string | number)[];
  problem: 'duplicate_key' | 'not_a_json_number' | 'nested_too_deep';
  verbatim: string;
}

/** One entry of the object that is the whole text; its value is the bytes from `start` to before `end`. */
export interface JsonEntry {
  key: string;
  value: Json;
  start: number;
  end: number;
  notices: readonly JsonNotice[];
}

/** Deeper values are kept as text, because our own recursion and PostgreSQL's parser both have a limit. */
const deepest = 500;

/**
 * Reads JSON as Python's json module writes it, which includes NaN and Infinity. JSON.parse tells no line and column on
 * Node 20, takes the last of two equal keys in silence, and rounds numbers.
 *
 * @throws JsonTextError
 */
export function parseJson(text: string | Uint8Array): { value: Json; notices: JsonNotice[] } {
  const parser = new Parser(bytesOf(text));
  return { value: parser.document(), notices: parser.notices };
}

/**
 * The entries of a text that has to be an object, one by one, repeated keys included.
 *
 * @throws JsonTextError also when the text is another kind of JSON.
 */
export function jsonEntries(text: string | Uint8Array): Iterable<JsonEntry> {
  return new Parser(bytesOf(text)).entries();
}

const code = { quote: 0x22, backslash: 0x5c, comma: 0x2c, colon: 0x3a, minus: 0x2d } as const;
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const escapes: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const words: Record<string, Json> = { true: true, false: false, null: null };
const strangeNumbers = ['NaN', 'Infinity', '-Infinity'];
/** Short texts repeat (keys, statuses, IDs): each is kept once, up to this many. */
const remembered = 50_000;

function bytesOf(text: string | Uint8Array): Buffer {
  return typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

/**
 * Works on bytes, and makes each text a string of its own: a slice of one large string would keep all of it in memory,
 * with two bytes for each character if only one of them is not Latin.
 */
class Parser {
  notices: JsonNotice[] = [];
  readonly #bytes: Buffer;
  readonly #path: (string | number)[] = [];
  readonly #texts = new Map<string, string>();
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  document(): Json {
    this.#begin();
    const value = this.#value();
    this.#end();
    return value;
  }

  *entries(): Iterable<JsonEntry> {
    this.#begin();
    if (this.#code() !== openBrace) this.#fail('an object ({…}) belongs here');
    for (let more = this.#open(closeBrace); more; more = this.#next(closeBrace)) {
      const key = this.#key();
      const start = this.#at;
      this.notices = [];
      const value = this.#valueAt(key);
      yield { key, value, start, end: this.#at, notices: this.notices };
    }
    this.#end();
  }

  #begin(): void {
    if (this.#slice(0, 3) === '\ufeff') this.#at = 3;
    this.#space();
  }

  #end(): void {
    this.#space();
    if (this.#at < this.#bytes.length) this.#fail('there is more after the end of the JSON');
  }

  #value(): Json {
    const first = this.#code();
    if (first === code.quote) return this.#string();
    if (first === openBrace || first === openBracket) {
      if (this.#path.length >= deepest) return this.#tooDeep();
      return first === openBrace ? this.#object() : this.#array();
    }
    const word = this.#word();
    return word === undefined ? this.#number() : word;
  }

  #valueAt(place: string | number): Json {
    this.#path.push(place);
    const value = this.#value();
    this.#path.pop();
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    for (let more = this.#open(closeBrace); more; more = this.#next(closeBrace)) {
      const key = this.#key();
      this.#path.push(key);
      this.#set(object, key, this.#value());
      this.#path.pop();
    }
    return object;
  }

  /** With the colon behind it. */
  #key(): string {
    if (this.#code() !== code.quote) this.#fail('a key in double quotes belongs here');
    const key = this.#string();
    this.#space();
    if (this.#code() !== code.colon) this.#fail('a colon belongs here');
    this.#at += 1;
    this.#space();
    return key;
  }

  /** Python keeps the last of two equal keys; v2 therefore worked with the last. */
  #set(object: JsonObject, key: string, value: Json): void {
    if (Object.hasOwn(object, key)) this.#notice('duplicate_key', writeJson(object[key]));
    if (key === '__proto__')
      Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
    else object[key] = value;
  }

  #array(): Json[] {
    const array: Json[] = [];
    for (let more = this.#open(closeBracket); more; more = this.#next(closeBracket)) {
      array.push(this.#valueAt(array.length));
    }
    return array;
  }

  /** Past the bracket here; whether there is an item before `close`. */
  #open(close: number): boolean {
    this.#at += 1;
    this.#space();
    if (this.#code() !== close) return true;
    this.#at += 1;
    return false;
  }

  /** Past the comma or the bracket behind an item; whether another item follows. */
  #next(close: number): boolean {
    this.#space();
    const next = this.#code();
    if (next !== close && next !== code.comma)
      this.#fail(`a comma or ${close === closeBrace ? '}' : ']'} belongs here`);
    this.#at += 1;
    if (next === close) return false;
    this.#space();
    return true;
  }

  #string(): string {
    const start = this.#at + 1;
    let end = this.#plain(start);
    if (this.#bytes[end] === code.quote) {
      this.#at = end + 1;
      return this.#remember(this.#slice(start, end));
    }
    const parts = [this.#slice(start, end)];
    while (this.#bytes[end] === code.backslash) {
      this.#at = end;
      parts.push(this.#escape());
      end = this.#plain(this.#at);
      parts.push(this.#slice(this.#at, end));
    }
    this.#at = end;
    if (this.#code() !== code.quote) this.#fail('this text has no closing quote, or a line break in it');
    this.#at = end + 1;
    return unlikeNumber(parts.join(''));
  }

  /** The end of the bytes that stand for themselves. */
  #plain(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (let byte = bytes[at]; byte !== undefined; byte = bytes[at]) {
      if (byte === code.quote || byte === code.backslash || byte < 0x20) break;
      at += 1;
    }
    return at;
  }

  #remember(text: string): string {
    if (text.length > 20) return text;
    const known = this.#texts.get(text);
    if (known === undefined && this.#texts.size < remembered) this.#texts.set(text, text);
    return known ?? text;
  }

  #slice(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end);
  }

  #escape(): string {
    const letter = this.#slice(this.#at + 1, this.#at + 2);
    const short = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (short !== undefined) {
      this.#at += 2;
      return short;
    }
    const digits = this.#slice(this.#at + 2, this.#at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('this escape (\\) is not valid JSON');
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(): Json | undefined {
    const first = this.#code();
    // most values here begin with a digit
    if (first >= 0x30 && first <= 0x39) return undefined;
    const here = this.#slice(this.#at, this.#at + 9);
    for (const word in words) {
      if (!here.startsWith(word)) continue;
      this.#at += word.length;
      return words[word];
    }
    const strange = strangeNumbers.find((each) => here.startsWith(each));
    if (strange === undefined) return undefined;
    this.#at += strange.length;
    this.#notice('not_a_json_number', strange);
    return null;
  }

  #number(): Json {
    let end = this.#at;
    while (/[-+.\deE]/.test(String.fromCharCode(this.#bytes[end] ?? 0))) end += 1;
    const token = numberForm.exec(this.#slice(this.#at, end))?.[0];
    if (token === undefined) this.#fail('a value belongs here');
    this.#at += token.length;
    return numberOf(token);
  }

  /** Walks to the end of the value without a stack, and keeps it as text. */
  #tooDeep(): null {
    const start = this.#at;
    let depth = 0;
    do {
      const here = this.#code();
      if (here === code.quote) {
        this.#string();
        continue;
      }
      if (here === openBrace || here === openBracket) depth += 1;
      if (here === closeBrace || here === closeBracket) depth -= 1;
      if (Number.isNaN(here)) this.#fail('the text ends in the middle');
      this.#at += 1;
    } while (depth > 0);
    this.#notice('nested_too_deep', this.#slice(start, this.#at));
    return null;
  }

  #notice(problem: JsonNotice['problem'], verbatim: string): void {
    this.notices.push({ path: [...this.#path], problem, verbatim });
  }

  #space(): void {
    let here = this.#code();
    while (here === 0x20 || here === 0x0a || here === 0x0d || here === 0x09) {
      this.#at += 1;
      here = this.#code();
    }
  }

  #code(): number {
    return this.#bytes[this.#at] ?? Number.NaN;
  }

  #fail(what: string): never {
    const message = this.#at >= this.#bytes.length ? 'the text ends in the middle' : what;
    throw new JsonTextError(message, this.#bytes, Math.min(this.#at, this.#bytes.length));
  }
}
