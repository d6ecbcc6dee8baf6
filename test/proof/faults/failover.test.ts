import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seed } from '../../support/proof.ts';
import { runProgram } from '../../support/run-program.ts';
import { findServerPostgres } from '../../support/server-postgres.ts';
import { chanceOf } from './support/chance.ts';
import { examine } from './support/checker.ts';
import { failOver, follow, openPair, type PairScene, waitForStandby } from './support/pair-scene.ts';
import { type Fault, healsByItself, inTurns, roundsOf, storesOf, Tally, timeoutMs } from './support/rounds.ts';

const faults: Fault<PairScene>[] = [
  {
    name: 'kill -9 of the primary and promotion of its synchronous standby',
    async strike(scene) {
      if (scene.dead !== undefined) await follow(scene);
      await waitForStandby(scene);
      await sleep(200); // in which all is acknowledged by both
      await failOver(scene);
      return healsByItself;
    },
  },
];

describe.skipIf(findServerPostgres() === undefined)('a primary that dies', () => {
  it('loses nothing that was acknowledged where its standby is synchronous, and calls go on', {
    timeout: timeoutMs,
  }, async () => {
    const chance = chanceOf(seed);
    const tally = new Tally();
    for (const turns of storesOf(inTurns(faults, roundsOf(0.04, faults.length), chance))) {
      const scene = await openPair(chance);
      await tally.rounds(scene, turns, chance).finally(() => scene.close());
    }
    tally.tell('failover');
  });

  it('loses what its standby had not received where that follows later; the doctor warns of it, and the checker sees it', {
    timeout: timeoutMs,
  }, async () => {
    const scene = await openPair(chanceOf(seed));
    const { knowledge, writers } = scene;
    try {
      const { out } = await runProgram(['doctor', '--json'], scene.home, { ...process.env, ...scene.env });
      const warning = { level: 'warning', what: expect.stringContaining('a failover can lose the last acknowledged') };
      expect(JSON.parse(out).findings).toContainEqual(expect.objectContaining(warning));
      await scene.holdBackStandby();
      for (const writer of writers) writer.start();
      await expect.poll(() => knowledge.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(20);
      await Promise.all(writers.map((writer) => writer.stop()));
      await failOver(scene);
      const { lost, twice } = await scene.look((sql) => examine(sql, knowledge));
      expect(lost.length).toBeGreaterThan(20 / 2);
      expect(twice).toEqual([]);
    } finally {
      await scene.close();
    }
  });
});
