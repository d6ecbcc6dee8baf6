/** What has to come back for one message: from `least` to `most` answers with this ID, or with null where `orNull`. */
export interface Expected {
  /** The ID as `JSON.stringify` writes it; `null` where none can be read. */
  id: string;
  least: number;
  most: number;
  orNull?: boolean;
}

export const once = (id: string): Expected => ({ id, least: 1, most: 1 });
/** A request that was taken back, or a stream that does not end. */
export const atMostOnce = (id: string): Expected => ({ id, least: 0, most: 1 });
/** An answer to what is broken: with its ID where one can be read. */
export const refusedOnce = (id: string): Expected => ({ id, least: 1, most: 1, orNull: true });

/** What is still missing, or came too often; undefined where all is as it should be. */
export function problemOf(expected: readonly Expected[], counts: ReadonlyMap<string, number>): string | undefined {
  const wanted = new Map<string, { least: number; most: number; nullable: number }>();
  for (const { id, least, most, orNull = false } of expected) {
    const known = wanted.get(id) ?? { least: 0, most: 0, nullable: 0 };
    wanted.set(id, {
      least: known.least + least,
      most: known.most + most,
      nullable: known.nullable + (orNull ? least : 0),
    });
  }
  // answers that have to come, and that may come, with null in place of their ID
  const unnamed = wanted.get('null');
  let [fewest, atMost] = [unnamed?.least ?? 0, unnamed?.most ?? 0];
  for (const [id, { least, most, nullable }] of wanted) {
    if (id === 'null') continue;
    const count = counts.get(id) ?? 0;
    if (count > most) return `${id.slice(0, 100)} is answered ${count} times, and not ${most}`;
    const missing = Math.max(0, least - count);
    if (missing > nullable) return `${id.slice(0, 100)} is not answered`;
    fewest += missing;
    // a line that was taken back may have had the ID of a broken one, and its answer
    atMost += Math.min(nullable, most - count);
  }
  const nulls = counts.get('null') ?? 0;
  if (nulls < fewest) return `${fewest - nulls} lines without an ID are not answered`;
  if (nulls > atMost) return `${nulls - atMost} answers more than lines have no ID`;
  const stranger = [...counts.keys()].find((id) => id !== 'null' && !wanted.has(id));
  return stranger === undefined ? undefined : `${stranger.slice(0, 100)} is answered, and nothing with it was asked`;
}
