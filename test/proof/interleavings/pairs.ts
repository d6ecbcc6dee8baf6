import type { Operation } from './operations.ts';

/** Whether operations may meet in a row. */
export function meet(...those: readonly Operation[]): boolean {
  const [first, ...others] = those;
  return first?.realms.some((realm) => others.every(({ realms }) => realms.includes(realm))) ?? false;
}

/** All pairs of operations that may meet; each also meets itself. */
export function pairsOf(operations: readonly Operation[]): (readonly [Operation, Operation])[] {
  return operations.flatMap((left, place) =>
    operations
      .slice(place)
      .filter((right) => meet(left, right))
      .map((right) => [left, right] as const),
  );
}

/** Triples of which each of these pairs is in one, or pairs where no third fits: fewer schedules in which all pairs meet. */
export function triplesOver(
  pairs: readonly (readonly [Operation, Operation])[],
  operations: readonly Operation[],
): (readonly Operation[])[] {
  const left = new Set(pairs.map((pair) => keyOf(...pair)));
  return pairs.flatMap(([a, b]) => {
    if (!left.delete(keyOf(a, b))) return [];
    const worth = (third: Operation) => Number(left.has(keyOf(a, third))) + Number(left.has(keyOf(b, third)));
    const [best] = operations.filter((third) => meet(a, b, third)).toSorted((x, y) => worth(y) - worth(x));
    if (best === undefined || worth(best) === 0) return [[a, b]];
    left.delete(keyOf(a, best));
    left.delete(keyOf(b, best));
    return [[a, b, best]];
  });
}

function keyOf(...pair: readonly Operation[]): string {
  return pair
    .map(({ name }) => name)
    .toSorted()
    .join(' | ');
}
