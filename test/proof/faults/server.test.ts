import { it } from 'vitest';
import { seed } from '../../support/proof.ts';
import { findRedis } from '../../support/redis.ts';
import { findServerPostgres } from '../../support/server-postgres.ts';
import { chanceOf } from './support/chance.ts';
import { canMountDisks } from './support/disk.ts';
import { redisFaults } from './support/redis-faults.ts';
import { inTurns, roundsOf, storesOf, Tally, timeoutMs } from './support/rounds.ts';
import { diskFaults, lockFaults, postgresFaults, processFaults } from './support/server-faults.ts';
import { openServerScene } from './support/server-scene.ts';

it.skipIf(findServerPostgres() === undefined)(
  'servers and services on one PostgreSQL keep all that they have acknowledged, once and whole, whatever fails beside them',
  { timeout: timeoutMs },
  async () => {
    const chance = chanceOf(seed);
    const tally = new Tally();
    const faults = [
      ...[...processFaults, ...postgresFaults, ...lockFaults],
      ...(findRedis() === undefined ? [] : redisFaults),
      ...((await canMountDisks()) ? diskFaults : []),
    ];
    for (const turns of storesOf(inTurns(faults, roundsOf(0.6, faults.length), chance))) {
      const scene = await openServerScene(chance);
      await tally.rounds(scene, turns, chance).finally(() => scene.close());
    }
    tally.tell('server');
  },
);
