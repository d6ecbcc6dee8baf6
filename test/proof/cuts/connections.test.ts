import { expect, test } from 'vitest';
import { tools } from '../../../src/tools/index.ts';
import { examplesFor, toolsWithExample } from '../../support/examples.ts';
import { isAtLength, seed, tell } from '../../support/proof.ts';
import { inThisProcess } from './callers.ts';
import { drawTrials, everyMessage } from './choose-trials.ts';
import { blackHole, quickFates, shortTimeoutMs } from './fates.ts';
import { callsOf, runTrials } from './run-trials.ts';
import { someStands } from './stands.ts';

/** Calls that wait for a silent connection cost nothing but time. */
const atOnce = { busy: 3, waiting: isAtLength ? 16 : 8 };
/** Briefly: trials of each call; in a black hole: of all calls. */
const drawn = { ofEach: 2, inBlackHole: 8 };

const { seeded, stands } = await someStands(atOnce.waiting);
const benches = await Promise.all(
  stands.map(async (stand) => ({ stand, program: await inThisProcess(stand.way.connection) })),
);
const impatient = await Promise.all(
  stands.map(async (stand) => ({ stand, program: await inThisProcess(stand.way.connection, shortTimeoutMs) })),
);
const calls = await callsOf(benches.slice(0, atOnce.busy), examplesFor(seeded));

test('every writing tool has a call here', () => {
  const writing = tools.filter(({ hints }) => !hints.readOnlyHint).map(({ name }) => name);
  expect(toolsWithExample.toSorted()).toEqual(writing.toSorted());
});

test('a call whose connection is lost is done once, or not at all, as its client is told', async () => {
  const trials = isAtLength
    ? everyMessage(calls, quickFates)
    : drawTrials(calls, quickFates, drawn.ofEach * calls.length);
  const tally = await runTrials(benches.slice(0, atOnce.busy), trials);
  tell(`cuts: connections, seed ${seed}`, tally.counts);
  expect(tally.problems.slice(0, 20)).toEqual([]);
});

test('a call whose connection falls silent ends in time, and is done once, or not at all, as its client is told', async () => {
  const trials = isAtLength ? everyMessage(calls, [blackHole]) : drawTrials(calls, [blackHole], drawn.inBlackHole);
  const tally = await runTrials(impatient, trials);
  tell(`cuts: silent connections, seed ${seed}`, tally.counts);
  expect(tally.problems.slice(0, 20)).toEqual([]);
});
