import { killWithChildren } from '../../../support/kill-with-children.ts';
import type { EmbeddedScene } from './embedded-scene.ts';
import { clientBackends, postmasterOf, signal } from './kill.ts';
import { type Fault, healsByItself } from './rounds.ts';

function killServers({ writers }: EmbeddedScene): void {
  for (const { pid } of writers) signal(pid, 'SIGKILL');
}

async function killPostgres(home: string): Promise<void> {
  const postmaster = await postmasterOf(home);
  if (postmaster !== undefined) await killWithChildren(postmaster);
}

/** Nothing has to be healed after these: whoever needs the server next starts it. */
export const embeddedFaults: Fault<EmbeddedScene>[] = [
  {
    name: 'kill -9 of a client’s server',
    async strike({ writers, chance }) {
      signal(chance.oneOf(writers).pid, 'SIGKILL');
      return healsByItself;
    },
  },
  {
    name: 'kill -9 of every client’s server',
    async strike(scene) {
      killServers(scene);
      return healsByItself;
    },
  },
  {
    name: 'kill -9 of the embedded postmaster',
    async strike({ home }) {
      signal(await postmasterOf(home), 'SIGKILL');
      return healsByItself;
    },
  },
  {
    name: 'kill -9 of an embedded backend',
    async strike({ look, chance }) {
      const { rows } = await look((sql) => sql.query<{ pid: number }>(clientBackends));
      if (rows.length > 0) signal(chance.oneOf(rows).pid, 'SIGKILL');
      return healsByItself;
    },
  },
  {
    name: 'stop of the embedded PostgreSQL',
    async strike({ home }) {
      signal(await postmasterOf(home), 'SIGINT');
      return healsByItself;
    },
  },
  {
    name: 'kill -9 of everything at once',
    async strike(scene) {
      killServers(scene);
      await killPostgres(scene.home);
      return healsByItself;
    },
  },
];

/** For a scene whose home is on a disk of its own. */
export const embeddedPowerCut: Fault<EmbeddedScene> = {
  name: 'power cut of the whole machine',
  async strike(scene) {
    let restore = () => {};
    scene.power = new Promise((resolve) => {
      restore = resolve;
    });
    const postmaster = await postmasterOf(scene.home);
    scene.disk?.cutPower();
    killServers(scene);
    if (postmaster !== undefined) await killWithChildren(postmaster);
    return async () => {
      await scene.disk?.restorePower();
      restore();
    };
  },
};
