import { it } from 'vitest';
import { migrate } from '../../../src/store/migrate.ts';
import { seed } from '../../support/proof.ts';
import { findServerPostgres, startServerPostgres } from '../../support/server-postgres.ts';
import { type Chance, chanceOf } from './support/chance.ts';
import { aJumpingClock, findFaketime, type JumpingClock, noticedMs } from './support/faketime.ts';
import { looking, makeSharedGoals } from './support/open.ts';
import { Knowledge } from './support/record.ts';
import { type Fault, inTurns, roundsOf, type Scene, storesOf, Tally, timeoutMs } from './support/rounds.ts';
import { stdioSession } from './support/session.ts';
import { Writer } from './support/writer.ts';

/** Longer than a lease, and shorter than an answer is kept for its request_id. */
const jumpSeconds = 3_600;

interface ClockScene extends Scene {
  ofDatabase: JumpingClock;
  ofClients: JumpingClock;
  close(): Promise<void>;
}

async function openScene(library: string, chance: Chance): Promise<ClockScene> {
  const [ofDatabase, ofClients] = [aJumpingClock(library), aJumpingClock(library)];
  const postgres = await startServerPostgres({ env: ofDatabase.env });
  const { host, port, user, password } = postgres;
  const database = { host, port, user, password, database: 'postgres' };
  await migrate(database);
  const knowledge = new Knowledge();
  const open = (name: string) => stdioSession({ name, database, env: ofClients.env });
  const shared = await makeSharedGoals(await open('first'));
  const scene: ClockScene = {
    ofDatabase,
    ofClients,
    knowledge,
    writers: ['a', 'b'].map((name) => new Writer({ name, connect: () => open(name), shared, knowledge, chance })),
    look: (work) => looking(database, work),
    async close() {
      await Promise.all(scene.writers.map((writer) => writer.stop()));
      await postgres.stop();
      for (const clock of [ofDatabase, ofClients]) clock.remove();
    },
  };
  return scene;
}

const jump = (whose: string, by: number, clockOf: (scene: ClockScene) => JumpingClock): Fault<ClockScene> => ({
  name: `jump of ${whose} clock, an hour ${by > 0 ? 'on' : 'back'}`,
  lastsMs: noticedMs,
  async strike(scene) {
    clockOf(scene).jumpTo(by);
    return async () => clockOf(scene).jumpTo(0);
  },
});

const faults = [
  jump('PostgreSQL’s', jumpSeconds, ({ ofDatabase }) => ofDatabase),
  jump('PostgreSQL’s', -jumpSeconds, ({ ofDatabase }) => ofDatabase),
  jump('the clients’', jumpSeconds, ({ ofClients }) => ofClients),
  jump('the clients’', -jumpSeconds, ({ ofClients }) => ofClients),
];

const library = findFaketime();

it.runIf(library !== undefined && findServerPostgres() !== undefined)(
  'whatever the clocks say, nothing is lost or done twice, and no lease is given to two',
  { timeout: timeoutMs },
  async () => {
    const chance = chanceOf(seed);
    const tally = new Tally();
    for (const turns of storesOf(inTurns(faults, roundsOf(0.06, faults.length), chance))) {
      const scene = await openScene(String(library), chance);
      await tally.rounds(scene, turns, chance).finally(() => scene.close());
    }
    tally.tell('clocks');
  },
);
