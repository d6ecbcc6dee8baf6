import fc from 'fast-check';
import { seed as drawnSeed, isAtLength, repeats } from '../../../support/proof.ts';

/** Brief runs have the same inputs each time, so that a change is judged by itself; long ones look for what is new. */
export const seed = isAtLength || process.env.PROOF_SEED !== undefined ? drawnSeed : 14;

const isByTime = isAtLength || process.env.PROOF_MINUTES !== undefined;
/** The whole proof, without the starts of its processes. */
const minutes = repeats('minutes', { briefly: 0, atLength: 10 });

/** How long a storm goes on. */
interface Length {
  /** In a brief run: how many seeds, whatever the time, so that a fast machine meets the same inputs as a slow one. */
  seeds: number;
  /** In a long run: its part of the whole time, from 0 to 1. */
  part: number;
}

/** The smallest input that fails is looked for no longer than this: each one that fails may take the whole patience of its test. */
const lookingMs = 180_000;

/** Inputs that are drawn from one seed; the next ones have the next seed. */
const inputsPerSeed = 5;

/**
 * Draws inputs. The first failure ends the storm, with a seed that begins with the input that failed. A long run shows the
 * smallest input that fails; a brief one the first, since it may not have the time to look.
 */
export async function storm<T>(
  inputs: fc.Arbitrary<T>,
  { seeds, part }: Length,
  blow: (input: T) => Promise<void>,
): Promise<void> {
  const end = performance.now() + minutes * 60_000 * part;
  const property = fc.asyncProperty(inputs, blow);
  const isOver = (next: number) => (isByTime ? next > seed && performance.now() > end : next >= seed + seeds);
  for (let next = seed; !isOver(next); next += 1) {
    await fc.assert(property, {
      seed: next,
      numRuns: inputsPerSeed,
      endOnFailure: !isByTime,
      interruptAfterTimeLimit: lookingMs,
    });
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
