import { expect, test } from 'vitest';
import { isAtLength, repeats, seed, tell } from '../../support/proof.ts';
import { drawTrials } from './choose-trials.ts';
import { examplesFor } from './examples.ts';
import { kill } from './fates.ts';
import { httpProgram, stdioProgram } from './processes.ts';
import { callsOf, runTrials } from './run-trials.ts';
import { someStands } from './stands.ts';

/** At length, a round kills each call a few times. */
const killedAtLength = 8;

const { seeded, stands } = await someStands(2);
const examples = examplesFor(seeded);

test.each([
  ['a server that its client started', stdioProgram],
  ['the service over HTTP', httpProgram],
] as const)(
  '%s that is killed in a call has done it once or not at all, and finishes it when it is started anew',
  async (name, open) => {
    const benches = stands.map((stand) => ({ stand, program: open(stand), isKept: true }));
    const first = seed % examples.length;
    const calls = await callsOf(benches, isAtLength ? examples : [...examples, ...examples].slice(first, first + 3));
    const each = isAtLength ? killedAtLength * repeats('rounds', { briefly: 1, atLength: 1 }) : 1;
    const tally = await runTrials(benches, drawTrials(calls, [kill], each * calls.length));
    tell(`cuts: ${name}, seed ${seed}`, tally.counts);
    expect(tally.problems.slice(0, 20)).toEqual([]);
  },
);
