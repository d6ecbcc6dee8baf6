import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { migrate } from '../../../../src/store/migrate.ts';
import { aRedis, findRedis, type RedisServer } from '../../../support/redis.ts';
import { freePort, type ServerPostgres, startServerPostgres } from '../../../support/server-postgres.ts';
import { type ServiceProcess, startService } from '../../../support/service-process.ts';
import type { Chance } from './chance.ts';
import { aDisk, type Disk } from './disk.ts';
import { looking, makeSharedGoals } from './open.ts';
import { Knowledge } from './record.ts';
import type { Scene } from './rounds.ts';
import { serviceSession, stdioSession } from './session.ts';
import { Writer } from './writer.ts';

/** One of the service's processes, in a place that another takes when it is killed. */
export interface Replica {
  service: ServiceProcess;
  end(): Promise<void>;
  isAlive: boolean;
}

/** Clients with servers of their own, and two replicas of the service, on one PostgreSQL and one Redis. */
export interface ServerScene extends Scene {
  postgres: ServerPostgres;
  database: pg.ClientConfig;
  /** The data directory is on it, where this machine lets us mount one. */
  disk: Disk | undefined;
  redis: RedisServer | undefined;
  redisPort: number;
  replicas: Replica[];
  chance: Chance;
  startReplica(): Promise<Replica>;
  close(): Promise<void>;
}

/** So short that a statement which waits for a fault's lock runs over it. */
export const timeoutSeconds = 2;

/** Flushed to its disk as a user's server is. */
const settings = {
  fsync: true,
  full_page_writes: true,
  deadlock_timeout: '100ms',
  max_connections: 200,
  min_wal_size: '32MB',
  max_wal_size: '64MB',
};

export async function openServerScene(chance: Chance): Promise<ServerScene> {
  const disk = aDisk(500);
  const postgres = await startServerPostgres({ settings, ...(disk && { parent: disk.folder }) });
  const { host, port, user, password } = postgres;
  const database = { host, port, user, password, database: 'postgres' };
  await migrate(database);
  disk?.sync(); // tests make their servers without flushing them
  const redisPort = await freePort();
  const redis = findRedis() === undefined ? undefined : await aRedis({ port: String(redisPort) });
  const home = mkdtempSync(path.join(tmpdir(), 'ga-faults-'));
  const env = {
    GOAL_AGENT_TIMEOUT: String(timeoutSeconds),
    ...(redis && { GOAL_AGENT_REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
  };
  const startReplica = async (): Promise<Replica> => ({
    ...(await startService({ database, home, env })),
    isAlive: true,
  });
  const knowledge = new Knowledge();
  const open = (name: string) => stdioSession({ name, database, env });
  const shared = await makeSharedGoals(await open('first'));
  const replicas = [await startReplica(), await startReplica()];
  const anyReplica = async () => {
    const alive = replicas.filter(({ isAlive }) => isAlive);
    if (alive.length === 0) await sleep(20);
    return chance.oneOf(alive).service;
  };
  const common = { shared, knowledge, chance };
  const scene: ServerScene = {
    postgres,
    database,
    disk,
    redis,
    redisPort,
    replicas,
    chance,
    knowledge,
    startReplica,
    writers: [
      ...['a', 'b'].map((name) => new Writer({ name, connect: () => open(name), ...common })),
      ...['c', 'd'].map(
        (name) => new Writer({ name, connect: async () => serviceSession(name, await anyReplica()), ...common }),
      ),
    ],
    look: (work) => looking(database, work),
    async close() {
      await Promise.all(scene.writers.map((writer) => writer.stop()));
      await Promise.all(scene.replicas.map((replica) => replica.end()));
      await postgres.kill9();
      await postgres.stop();
      await scene.redis?.stop();
      await disk?.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return scene;
}
