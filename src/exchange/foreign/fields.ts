import type { Json, JsonObject } from '../../domain/json.ts';
import { exactNumber, writeJson } from '../../domain/json-text.ts';

/** The fields of one entry. Those that nobody asked for are told at the end, so that none is lost. */
export class Fields {
  readonly #object: JsonObject;
  readonly #taken = new Set<string>();

  constructor(object: JsonObject) {
    this.#object = object;
  }

  raw(name: string): Json | undefined {
    this.#taken.add(name);
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return value === null ? undefined : value;
  }

  /** Text, or a number or a truth value as text; undefined where it is empty or something else. */
  text(name: string): string | undefined {
    const text = asText(this.raw(name));
    if (text === undefined && this.#holds(name)) this.#taken.delete(name);
    return text;
  }

  /** A number, or the digits of one in quotes. */
  number(name: string): number | undefined {
    const value = Number(this.text(name) ?? Number.NaN);
    if (!Number.isNaN(value)) return value;
    if (this.#holds(name)) this.#taken.delete(name);
    return undefined;
  }

  list(name: string): Json[] {
    const value = this.raw(name);
    if (Array.isArray(value)) return value;
    if (this.#holds(name)) this.#taken.delete(name);
    return [];
  }

  /** Texts of a list, or of one text with commas between them. */
  texts(name: string): string[] {
    const value = this.raw(name);
    const list = typeof value === 'string' ? value.split(',') : this.list(name);
    return list.map((each) => asText(each)?.trim() ?? '').filter((text) => text !== '');
  }

  /** Objects of a list. What is none is told as kept. */
  objects(name: string): JsonObject[] {
    return this.list(name).filter(isObject);
  }

  ignore(...names: string[]): void {
    for (const name of names) this.#taken.add(name);
  }

  /** `name: value` for each field that holds something and was not asked for. */
  kept(): string[] {
    return Object.entries(this.#object)
      .filter(([name]) => !this.#taken.has(name) && this.#holds(name))
      .map(([name, value]) => `${name}: ${shown(value)}`);
  }

  #holds(name: string): boolean {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return !(isEmpty(value) || (Array.isArray(value) && value.length === 0));
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of a scalar; undefined for an empty one and for a structure. */
export function asText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : (exactNumber(value) ?? value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return isObject(value) && Object.keys(value).length === 0;
}

function shown(value: Json): string {
  const texts = Array.isArray(value) ? value.map(asText) : [asText(value)];
  return texts.every((text) => text !== undefined) ? texts.join(', ') : writeJson(value);
}
