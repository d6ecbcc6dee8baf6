import { it } from 'vitest';
import { seed } from '../../support/proof.ts';
import { chanceOf } from './support/chance.ts';
import { canMountDisks } from './support/disk.ts';
import { embeddedFaults, embeddedPowerCut } from './support/embedded-faults.ts';
import { openEmbeddedScene } from './support/embedded-scene.ts';
import { inTurns, roundsOf, storesOf, Tally, timeoutMs } from './support/rounds.ts';

it('the private PostgreSQL keeps all that it has acknowledged, once and whole, whatever is killed or cut off', {
  timeout: timeoutMs,
}, async () => {
  const chance = chanceOf(seed);
  const tally = new Tally();
  const faults = (await canMountDisks()) ? [...embeddedFaults, embeddedPowerCut] : embeddedFaults;
  for (const turns of storesOf(inTurns(faults, roundsOf(0.3, faults.length), chance))) {
    const scene = await openEmbeddedScene(chance);
    await tally.rounds(scene, turns, chance).finally(() => scene.close());
  }
  tally.tell('embedded');
});
