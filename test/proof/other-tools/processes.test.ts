import type pg from 'pg';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { aDatabase } from '../../support/database.ts';
import { repeats, tell } from '../../support/proof.ts';
import { aRedis, findRedis } from '../../support/redis.ts';
import { freePort } from '../../support/server-postgres.ts';
import { aRawServer, aServerForTest, type ServerProcess } from '../../support/server-process.ts';

// Each client starts a process of the program: what one process was told holds for all others.

const processes = 4;
/** The length of a dead agent's lease. */
const leaseSeconds = 1;
let database: pg.ClientConfig;

beforeAll(async () => {
  database = await aDatabase();
});

describe('the work of an agent that died', () => {
  it('comes back by itself to an agent that waits, when its lease runs out: nobody mends a lock by hand', {
    timeout: 0,
  }, async () => {
    const rounds = repeats('rounds', { briefly: 2, atLength: 100 });
    const waiting = await aServerForTest({ database });
    let latest = 0;
    for (let round = 0; round < rounds; round += 1) {
      const goal = await aGoalWithATask(waiting);
      const held = await claimAndDie(goal.goalId);
      const { answer } = await waiting.call('claim_tasks', { goal_id: goal.goalId, wait_seconds: 50 });
      const lateMs = Date.now() - Date.parse(held.lease_expires_at);
      expect(answer.tasks).toMatchObject([{ id: goal.taskId, fence: held.fence + 1 }]);
      // two processes read the clock in milliseconds
      expect(lateMs).toBeGreaterThanOrEqual(-2);
      latest = Math.max(latest, lateMs);
    }
    tell('the work of an agent that died', { 'came back': rounds, 'ms after the lease at most': latest });
  });
});

describe.each([
  ['with no cache', true, async () => ({})],
  ['with a cache', findRedis() !== undefined, aCache],
])('a read after an acknowledged write, %s,', (how, isThere, environment) => {
  it.skipIf(!isThere)('sees the write in every process, whichever process wrote', { timeout: 0 }, async () => {
    const rounds = repeats('rounds', { briefly: 24, atLength: 4_000 });
    const env = await environment();
    const servers = await Promise.all(Array.from({ length: processes }, () => aServerForTest({ database, env })));
    const { goalId, taskId } = await aGoalWithATask(servers[0] as ServerProcess);
    if (how === 'with a cache') await Promise.all(servers.map(untilItCaches));
    let reads = 0;
    for (let round = 0; round < rounds; round += 1) {
      const writer = servers[round % processes] as ServerProcess;
      await writer.call('update_task_status', { task_id: taskId, status: 'in_progress', result: { round } });
      await writer.call('update_goal', { goal_id: goalId, metadata: { round } });
      for (const server of servers) {
        expect((await server.call('get_task', { task_id: taskId })).answer).toMatchObject({ result: { round } });
        expect((await server.call('get_goal', { goal_id: goalId })).answer).toMatchObject({ metadata: { round } });
        reads += 2;
      }
    }
    const caches = await Promise.all(servers.map(cacheOf));
    const hits = caches.reduce((sum, cache) => sum + cache.hits, 0);
    expect(hits > 0).toBe(how === 'with a cache');
    tell(`reads after acknowledged writes, ${how}`, { processes, reads, 'answered by the cache': hits, stale: 0 });
  });
});

async function aGoalWithATask(server: ServerProcess): Promise<{ goalId: string; taskId: string }> {
  const goalId = String((await server.call('create_goal', { description: 'a goal' })).answer.id);
  const subtasks = [{ description: 'the task' }];
  const { answer } = await server.call('break_down_goal', { goal_id: goalId, subtasks });
  return { goalId, taskId: String(answer.first_task_id) };
}

/** An agent claims the task of a goal, and its process is killed. What it held. */
async function claimAndDie(goalId: string): Promise<{ fence: number; lease_expires_at: string }> {
  const dying = aRawServer({ database });
  await dying.initialize();
  const { answer } = await dying.call('claim_tasks', { goal_id: goalId, lease_seconds: leaseSeconds });
  dying.kill('SIGKILL');
  const [held] = answer.tasks as { fence: number; lease_expires_at: string }[];
  if (held === undefined) throw new Error(`nothing of ${goalId} was claimed`);
  return held;
}

/** The variables that name a Redis of its own. */
async function aCache(): Promise<Record<string, string>> {
  const port = await freePort();
  await aRedis({ port: String(port), bind: '127.0.0.1' });
  return { GOAL_AGENT_REDIS_URL: `redis://127.0.0.1:${port}` };
}

/** A process trusts its Redis only after a moment. */
async function untilItCaches(server: ServerProcess): Promise<void> {
  await vi.waitUntil(async () => (await cacheOf(server)).state === 'ready', { timeout: 60_000 });
}

async function cacheOf(server: ServerProcess): Promise<{ state: string; hits: number }> {
  return (await server.call('get_agent_status')).answer.cache as { state: string; hits: number };
}
