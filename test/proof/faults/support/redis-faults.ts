import path from 'node:path';
import { createClient } from 'redis';
import { aRedis, type RedisServer } from '../../../support/redis.ts';
import type { Fault } from './rounds.ts';
import type { ServerScene } from './server-scene.ts';

export const redisFaults: Fault<ServerScene>[] = [
  {
    name: 'Redis killed',
    async strike(scene) {
      const { redis, redisPort } = scene;
      redis?.process.kill('SIGKILL');
      return async () => {
        if (redis !== undefined) scene.redis = await aRedis({ port: String(redisPort) }, path.dirname(redis.socket));
      };
    },
  },
  {
    name: 'Redis paused',
    async strike({ redis }) {
      redis?.process.kill('SIGSTOP');
      return async () => redis?.process.kill('SIGCONT');
    },
  },
  {
    name: 'Redis flushed',
    async strike({ redis }) {
      await tellRedis(redis, [['FLUSHALL']]);
      return async () => {};
    },
  },
  {
    name: 'Redis filled',
    async strike({ redis }) {
      // less than it needs for itself: it refuses whatever would take more
      await tellRedis(redis, [
        ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
        ['CONFIG', 'SET', 'maxmemory', '1'],
      ]);
      return () => tellRedis(redis, [['CONFIG', 'SET', 'maxmemory', '0']]);
    },
  },
];

async function tellRedis(redis: RedisServer | undefined, commands: string[][]): Promise<void> {
  if (redis === undefined) return;
  const client = createClient({ socket: { path: redis.socket, tls: false } });
  client.on('error', () => {});
  await client.connect();
  for (const command of commands) await client.sendCommand(command);
  client.destroy();
}
