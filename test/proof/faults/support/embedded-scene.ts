import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { joinEmbedded } from '../../../../src/store/embedded/embedded.ts';
import { killWithChildren } from '../../../support/kill-with-children.ts';
import type { Chance } from './chance.ts';
import { aDisk, type Disk } from './disk.ts';
import { postmasterOf } from './kill.ts';
import { looking, makeSharedGoals } from './open.ts';
import { Knowledge } from './record.ts';
import type { Scene } from './rounds.ts';
import { stdioSession } from './session.ts';
import { Writer } from './writer.ts';

/** Clients on one machine, each with a server of its own, on the private PostgreSQL of their home. */
export interface EmbeddedScene extends Scene {
  home: string;
  /** The home is on it, where this machine lets us mount one. */
  disk: Disk | undefined;
  chance: Chance;
  /** Nothing starts before it comes: without power no machine starts a program. */
  power: Promise<void>;
  close(): Promise<void>;
}

export async function openEmbeddedScene(chance: Chance): Promise<EmbeddedScene> {
  const disk = aDisk(600);
  const home = path.join(disk?.folder ?? (await mkdtemp(path.join(tmpdir(), 'ga-faults-'))), 'home');
  const knowledge = new Knowledge();
  const open = (name: string) => stdioSession({ name, database: 'embedded', env: { GOAL_AGENT_HOME: home } });
  const shared = await makeSharedGoals(await open('first'));
  const scene: EmbeddedScene = {
    home,
    disk,
    chance,
    knowledge,
    power: Promise.resolve(),
    writers: ['a', 'b', 'c'].map((name) => {
      const connect = async () => {
        await scene.power;
        return open(name);
      };
      return new Writer({ name, connect, shared, knowledge, chance });
    }),
    async look(work) {
      const server = await joinEmbedded({ home, say: () => {} });
      const { host, port, user } = server;
      return looking({ host, port, user, database: 'mcp_goals' }, work).finally(() => server.leave());
    },
    async close() {
      await Promise.all(scene.writers.map((writer) => writer.stop()));
      const postmaster = await postmasterOf(home).catch(() => undefined);
      if (postmaster !== undefined) await killWithChildren(postmaster);
      if (disk === undefined) await rm(path.dirname(home), { recursive: true, force: true });
      else await disk.remove();
    },
  };
  return scene;
}
