import { expect, test } from 'vitest';
import { examplesFor } from '../../support/examples.ts';
import { isAtLength, repeats, seed, tell } from '../../support/proof.ts';
import { drawTrials } from './choose-trials.ts';
import { kill, quickFates } from './fates.ts';
import { httpProgram, stdioProgram } from './processes.ts';
import { callsOf, runTrials } from './run-trials.ts';
import { someStands } from './stands.ts';

/** Every other trial kills the program. */
const fates = quickFates.flatMap((fate) => [kill, fate]);
/** Trials of each call in a round at length. */
const ofEachAtLength = 16;

const { seeded, stands } = await someStands(2);
const examples = examplesFor(seeded);

test.each([
  ['a server that its client started', stdioProgram],
  ['the service over HTTP', httpProgram],
] as const)(
  '%s that is killed or cut off in a call has done it once or not at all, and finishes it when it is asked again',
  async (name, open) => {
    const benches = stands.map((stand) => ({ stand, program: open(stand), isKept: true }));
    const first = seed % examples.length;
    const calls = await callsOf(benches, isAtLength ? examples : [...examples, ...examples].slice(first, first + 3));
    const ofEach = isAtLength ? ofEachAtLength * repeats('rounds', { briefly: 1, atLength: 1 }) : 2;
    const tally = await runTrials(benches, drawTrials(calls, fates, ofEach * calls.length));
    tell(`cuts: ${name}, seed ${seed}`, tally.counts);
    expect(tally.problems.slice(0, 20)).toEqual([]);
  },
);
