/** The kinds of IDs that a request may have. `again` is the ID of the request before it. */
export const idKinds = ['number', 'negative', 'large', 'text', 'odd text', 'long text', 'again'] as const;
export type IdKind = (typeof idKinds)[number];

/** Gives each request an ID that no other request of the process has had, as JSON text. */
export class Ids {
  #count = 0;
  #last: string | undefined;

  next(kind: IdKind): string {
    if (kind === 'again' && this.#last !== undefined) return this.#last;
    this.#count += 1;
    this.#last = JSON.stringify(this.#value(kind));
    return this.#last;
  }

  #value(kind: IdKind): string | number {
    if (kind === 'negative') return -this.#count;
    if (kind === 'large') return Number.MAX_SAFE_INTEGER - this.#count;
    if (kind === 'text') return `id-${this.#count}`;
    if (kind === 'odd text') return `"\\ \u2028 \u{1f600} null __proto__ {"id":1} ${this.#count}`;
    if (kind === 'long text') return `${'i'.repeat(5_000)}${this.#count}`;
    return this.#count;
  }
}
