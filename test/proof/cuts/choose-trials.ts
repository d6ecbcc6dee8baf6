import fc from 'fast-check';
import { repeats, seed } from '../../support/proof.ts';
import type { Fate } from './fates.ts';
import type { Trial, TriedCall } from './trials.ts';

/**
 * Each message of each call, in as many rounds as there are fates, so that each message meets each of them. They come in any
 * order, so that a run that ends early has met some of all.
 */
export function everyMessage(calls: readonly TriedCall[], fates: readonly Fate[]): Trial[] {
  const rounds = repeats('rounds', { briefly: 1, atLength: fates.length });
  const trials = Array.from({ length: rounds }, (_, round) =>
    calls.flatMap((call) =>
      Array.from({ length: call.undisturbed.messages }, (_, place) => ({
        call,
        fate: turnOf(fates, place + round),
        n: place + 1,
      })),
    ),
  ).flat();
  const keys = fc.sample(fc.noBias(fc.nat()), { seed, numRuns: trials.length });
  return trials
    .map((trial, place) => ({ trial, key: keys[place] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ trial }) => trial);
}

/** As many by chance, of each call in turn. */
export function drawTrials(calls: readonly TriedCall[], fates: readonly Fate[], count: number): Trial[] {
  // whole numbers: a double is drawn among all that there are, most of which are nearly nothing
  const drawn = fc.record({ first: fc.nat(), place: fc.nat() });
  const draws = fc.sample(fc.noBias(drawn), { seed, numRuns: count });
  return draws.map(({ first, place }, turn) => {
    const call = turnOf(calls, turn + (draws[0]?.first ?? 0));
    return { call, fate: turnOf(fates, first), n: 1 + (place % call.undisturbed.messages) };
  });
}

function turnOf<T>(list: readonly T[], turn: number): T {
  const one = list[turn % list.length];
  if (one === undefined) throw new Error('an empty list has no turns');
  return one;
}
