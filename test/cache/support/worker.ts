import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RedisAddress } from '../../../src/cache/client.ts';
import { CachedReads } from '../../../src/service/cached-reads.ts';
import type { Call, ReadCache } from '../../../src/service/call.ts';
import { getGoal } from '../../../src/service/goals.ts';
import { setTaskStatus } from '../../../src/service/set-task-statuses.ts';
import { getTask } from '../../../src/service/tasks.ts';
import { Database } from '../../../src/store/database.ts';
import { Numbers } from '../../../src/store/numbers.ts';

/** What a process of the checker does until it is told to stop, by the end of its stdin. */
export interface Work {
  database: pg.ClientConfig;
  address: RedisAddress;
  workspaceId: number;
  goalId: string;
  /** A writer's own tasks; all of them for a reader. */
  taskIds: string[];
  writes: boolean;
  /** The longest random pause between calls, and between reading the database and filling the cache. */
  restMs: number;
  fillMs: number;
}

/** The longest that an overloaded machine makes of a pause. */
const longestSlowdown = 32;

/** A version that was written, and when the write returned; or one that was read, and when the read began. In milliseconds. */
export type Observation = { taskId: string; version: number; at: number; read: boolean };

const work: Work = JSON.parse(process.argv[2] ?? '');
const observed: Observation[] = [];

const database = new Database({
  connect: async () => work.database,
  poolSize: 2,
  maxOverflow: 2,
  timeoutMs: 10_000,
  prepared: true,
  warn: () => {},
});
// a machine that is too busy for Redis to answer in time has no use of its cache: there the work has to become less
let slowdown = 1;

const { workspaceId } = work;
const store = { database, workspaceId, workspace: 'default', numbers: new Numbers(database, workspaceId) };
const cached = await CachedReads.open(store, { address: work.address, format: 'test', onChange: () => {} });
const pausing: ReadCache = {
  through(name, read, keeps) {
    const readAndPause = async () => {
      const value = await read();
      // as much longer as the pauses between writes, or no write would come in between any more
      await sleep(Math.random() * work.fillMs * slowdown);
      return value;
    };
    return cached.through(name, readAndPause, keeps);
  },
};
const call: Call = { store, cached: pausing, actor: 'worker' };

const now = () => Number(process.hrtime.bigint()) / 1e6;
let stopped = false;
process.stdin.on('end', () => {
  stopped = true;
});
process.stdin.resume();
const telling = setInterval(() => process.send?.(cached.status().hits), 25);

for (let version = 1; !stopped; version += 1) {
  await (work.writes ? write(version) : read(version));
  slowdown = cached.status().enabled ? Math.max(1, slowdown * 0.98) : Math.min(longestSlowdown, slowdown * 1.1);
  await sleep(Math.random() * work.restMs * slowdown);
}
clearInterval(telling);
const { hits } = cached.status();
cached.close();
await database.close();
process.stdout.write(JSON.stringify({ observed, hits }), () => process.exit(0));

async function write(version: number): Promise<void> {
  const taskId = work.taskIds[version % work.taskIds.length] as string;
  await setTaskStatus(call, { taskId, status: version % 2 === 0 ? 'in_progress' : 'failed', result: version });
  observed.push({ taskId, version, at: now(), read: false });
}

async function read(round: number): Promise<void> {
  const at = now();
  const tasks =
    round % 3 === 0
      ? (await getGoal(call, work.goalId)).tasks
      : [await getTask(call, work.taskIds[Math.floor(Math.random() * work.taskIds.length)] as string)];
  for (const { id, result } of tasks) observed.push({ taskId: id, version: Number(result ?? 0), at, read: true });
}
