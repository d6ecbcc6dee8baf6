import type { z } from 'zod';
import { type Json, jsonProblem } from '../../domain/json.ts';
import { exactNumber, writeJson } from '../../domain/json-text.ts';
import { limits } from '../../domain/limits.ts';
import { wordMeant } from '../../domain/words.ts';
import { localFrom, type TimeZone, utcFrom, utcFromNumber } from '../local-time.ts';
import { type ChangeKind, type Changes, storable } from '../report.ts';

interface Choice<T extends string> {
  words: z.ZodEnum<{ [K in T]: K }>;
  fallback: T;
  kind: ChangeKind;
}

/** A record's fields, or some of them. */
type Fields = Readonly<Record<string, Json | undefined>>;

/** Reads one record's fields, whatever is in them, and reports each field that it could not take as it was. */
export class RecordReader {
  readonly id: string;
  readonly #record: Fields;
  readonly #changes: Changes;
  readonly #zone: TimeZone;

  constructor(id: string, record: Fields, { changes, zone }: { changes: Changes; zone: TimeZone }) {
    this.id = id;
    this.#record = record;
    this.#changes = changes;
    this.#zone = zone;
  }

  report(kind: ChangeKind, field: string, message: string, verbatim?: unknown): void {
    this.#changes.add(kind, this.id, message, { field, verbatim });
  }

  /** The value under `field`; undefined when there is none. */
  raw(field: string): Json | undefined {
    return Object.hasOwn(this.#record, field) ? this.#record[field] : undefined;
  }

  /** Text that must exist. */
  text(field: string, { max, fallback }: { max: number; fallback: string }): string {
    const text = this.#text(field, max);
    if (text !== undefined && text.trim() !== '') return text;
    this.report(
      'missing_field',
      field,
      `${field} was ${text === undefined ? 'missing' : 'empty'}; it is now "${fallback}"`,
      text,
    );
    return fallback;
  }

  /** Text that may be null. */
  optionalText(field: string): string | null {
    return this.#text(field, limits.shortText) ?? null;
  }

  oneOf<T extends string>(field: string, { words, fallback, kind }: Choice<T>): T {
    const raw = this.raw(field);
    const exact = words.options.find((value) => value === raw);
    if (exact !== undefined) return exact;
    if (raw === undefined || raw === null) {
      this.report('missing_field', field, `${field} was missing; it is now ${fallback}`);
      return fallback;
    }
    const value = wordMeant(words, raw) ?? fallback;
    this.report(kind, field, `${field} was ${shown(raw)}; it is now ${value}`, raw);
    return value;
  }

  /** A list of texts. */
  texts(field: string): string[] {
    const list = this.list(field).flatMap((entry, place) => {
      const text = this.#asText(`${field}[${place}]`, entry);
      return text === undefined || text === '' ? [] : [this.#fit(`${field}[${place}]`, text, limits.shortText)];
    });
    if (list.length <= limits.listEntries) return list;
    this.report(
      'over_limit',
      field,
      `${field} had ${list.length} entries; the limit is ${limits.listEntries}`,
      list.slice(limits.listEntries),
    );
    return list.slice(0, limits.listEntries);
  }

  /** A list of anything. A missing field and null are an empty list. */
  list(field: string): Json[] {
    const raw = this.raw(field);
    if (Array.isArray(raw)) return raw;
    if (raw === undefined || raw === null) {
      this.report('missing_field', field, `${field} was ${raw === null ? 'null' : 'missing'}; it is now an empty list`);
      return [];
    }
    this.report('wrong_type', field, `${field} was ${shown(raw)}, not a list`, raw);
    return typeof raw === 'string' && raw !== '' ? [raw] : [];
  }

  /**
   * An instant in UTC, or undefined where the field has none that can be read. The caller knows a value to put in its
   * place.
   */
  time(field: string): string | undefined {
    const raw = this.raw(field);
    if (raw === undefined || raw === null) return undefined;
    const utc =
      typeof raw === 'string' ? utcFrom(raw, this.#zone) : typeof raw === 'number' ? utcFromNumber(raw) : undefined;
    if (utc === undefined) this.report('timestamp', field, `${field} was ${shown(raw)}, which is no time`, raw);
    else if (localFrom(utc, this.#zone) !== raw)
      this.report('timestamp', field, `${field} is ${utc}, written in another form`, raw);
    return utc;
  }

  /** Any JSON that can be stored; `fallback` when it is too large or too deep. */
  json(field: string, raw: Json, fallback: Json): Json {
    const clean = storableJson(raw, 1);
    if (clean === tooDeep) {
      this.report('over_limit', field, `${field} is nested more than ${limits.jsonDepth} levels deep`, raw);
      return fallback;
    }
    const problem = jsonProblem(clean);
    if (problem !== undefined) {
      this.report('over_limit', field, `${field} ${problem}`, raw);
      return fallback;
    }
    if (clean !== raw) this.report('text', field, `${field} had NUL characters or lone surrogates`, raw);
    return clean;
  }

  /** The fields that are not in `known`. */
  extraFields(known: ReadonlySet<string>): [string, Json][] {
    return Object.keys(this.#record)
      .filter((field) => !known.has(field))
      .map((field) => [field, this.#record[field] as Json]);
  }

  #text(field: string, max: number): string | undefined {
    const raw = this.raw(field);
    if (raw === undefined || raw === null) return undefined;
    const text = this.#asText(field, raw);
    return text === undefined ? undefined : this.#fit(field, text, max);
  }

  #asText(field: string, raw: Json): string | undefined {
    if (typeof raw === 'string' && exactNumber(raw) === undefined) return raw;
    if (raw === null) {
      this.report('wrong_type', field, `${field} was null and was left out`, raw);
      return undefined;
    }
    this.report('wrong_type', field, `${field} was ${shown(raw)}, not text`, raw);
    return writeJson(raw);
  }

  #fit(field: string, text: string, max: number): string {
    const clean = storable(text);
    if (clean !== text) this.report('text', field, `${field} had NUL characters or lone surrogates`, text);
    if (clean.length <= max) return clean;
    this.report('over_limit', field, `${field} had ${clean.length} characters; it was cut to ${max}`, text);
    // not between the halves of a pair
    return clean.slice(0, /[\ud800-\udbff]/.test(clean[max - 1] ?? '') ? max - 1 : max);
  }
}

/** A value as a sentence shows it. */
export function shown(value: Json): string {
  const text = writeJson(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const tooDeep = Symbol('too deep');

/** The same value where nothing has to change; most values are therefore never copied. */
function storableJson(value: Json, depth: number): Json | typeof tooDeep {
  if (typeof value === 'string') return exactNumber(value) === undefined ? storable(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > limits.jsonDepth) return tooDeep;
  const entries = Object.entries(value);
  let changed = false;
  for (const entry of entries) {
    const [key, child] = entry;
    const clean = storableJson(child, depth + 1);
    if (clean === tooDeep) return tooDeep;
    entry[0] = storable(key);
    entry[1] = clean;
    changed ||= clean !== child || entry[0] !== key;
  }
  if (!changed) return value;
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}
