import fc from 'fast-check';
import { seed as drawnSeed, isAtLength, repeats } from '../../../support/proof.ts';

/** Brief runs begin with the same inputs each time, so that a change is judged by itself; long ones look for what is new. */
export const seed = isAtLength || process.env.PROOF_SEED !== undefined ? drawnSeed : 14;

/** The whole proof, without the starts of its processes. */
const minutes = repeats('minutes', { briefly: 0.6, atLength: 10 });

/** Milliseconds of a part of the proof; the parts together have the whole time. */
export function timeOf(part: number): number {
  return minutes * 60_000 * part;
}

/** Inputs that are drawn from one seed; the next ones have the next seed. */
const inputsPerSeed = 5;

/**
 * Draws inputs until the time is over. The first failure ends the storm, with the smallest input that was found, and with
 * a seed that begins with it.
 */
export async function storm<T>(inputs: fc.Arbitrary<T>, ms: number, blow: (input: T) => Promise<void>): Promise<void> {
  const end = performance.now() + ms;
  const property = fc.asyncProperty(inputs, blow);
  for (let next = seed; next === seed || performance.now() < end; next += 1) {
    await fc.assert(property, { seed: next, numRuns: inputsPerSeed });
  }
}

/** What a storm counted, by name. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  /** `what 3, other 2`: the parts of a count, largest first. */
  list(): string {
    return [...this.#counts]
      .toSorted((a, b) => b[1] - a[1])
      .map(([what, count]) => `${what} ${count.toLocaleString('en')}`)
      .join(', ');
  }
}
