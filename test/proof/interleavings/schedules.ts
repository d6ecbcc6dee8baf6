/** Whose turn it is, step by step; 0 is the first operation. */
export type Schedule = readonly number[];

/** Steps of each operation that follow each other. */
export type Stretches = readonly (readonly number[])[];

/** A schedule of so many stretches is run in every order: of two operations that take as many steps, that is each interleaving. */
export const mostStretches = 8;

/** Every order in which the steps of operations of these lengths can follow each other. */
export function* everyOrder(lengths: readonly number[]): Generator<number[]> {
  if (lengths.every((length) => length === 0)) yield [];
  for (const [place, length] of lengths.entries()) {
    if (length === 0) continue;
    for (const rest of everyOrder(lengths.with(place, length - 1))) yield [place, ...rest];
  }
}

/**
 * Cuts operations of these lengths into stretches, at points that are drawn by chance: together into no more than `most`. Where the
 * steps are as few, each of them is a stretch.
 */
export function cut(lengths: readonly number[], random: () => number, most = mostStretches): Stretches {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= most) return lengths.map((length) => new Array<number>(length).fill(1));
  const share = Math.floor(most / lengths.length);
  return lengths.map((length) => piecesOf(length, Math.min(length, share), random));
}

/** The steps of an order of stretches. */
export function stepsOf(order: readonly number[], stretches: Stretches): Schedule {
  const next = stretches.map(() => 0);
  return order.flatMap((place) => {
    const at = next[place] ?? 0;
    next[place] = at + 1;
    return new Array<number>(stretches[place]?.[at] ?? 0).fill(place);
  });
}

/** One operation after the other gets as far as chance will have it; what is left of them follows by itself. */
export function halfway(lengths: readonly number[], random: () => number): Schedule {
  return lengths.flatMap((length, place) => new Array<number>(1 + Math.floor(random() * length)).fill(place));
}

/** An order by chance of operations of these lengths. */
export function someOrder(lengths: readonly number[], random: () => number): number[] {
  return shuffled(
    lengths.flatMap((length, place) => new Array<number>(length).fill(place)),
    random,
  );
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function piecesOf(length: number, count: number, random: () => number): number[] {
  const points = Array.from({ length: Math.max(0, length - 1) }, (_, place) => place + 1);
  const cuts = [
    0,
    ...shuffled(points, random)
      .slice(0, Math.max(0, count - 1))
      .toSorted((a, b) => a - b),
    length,
  ];
  return cuts.slice(1).map((end, place) => end - (cuts[place] ?? 0));
}

/** The same in an order by chance. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
