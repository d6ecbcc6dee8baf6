import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { table } from './measure.ts';
import { aService } from './service.ts';
import type { Launch, Setting } from './setting.ts';

/** Calls between two looks at most, and after how many a program has all that it keeps. */
const mostBetween = 25_000;
const warm = 50_000;
const sessionsAtOnce = 4;
const callsOfSession = 10;

/** A program that is measured. A session is ten calls: looks, a goal that is made and broken down, a task that is claimed and done. */
interface Measured {
  name: string;
  session(): Promise<void>;
  end(): Promise<void>;
}

/** What a server over stdio and the service hold after so many calls, when nothing is under way: it must not grow. */
export async function benchMemory(setting: Setting, calls: number, print: (line: string) => void): Promise<void> {
  const between = Math.min(mostBetween, calls);
  for (const begin of [overStdio, overHttp]) {
    const file = join(setting.home, `memory-${begin.name}`);
    const measured = await begin(setting, launchTelling(file));
    const rows: (string | number)[][] = [[`${measured.name}, calls`, 'heap (MB)', 'rss (MB)']];
    const heaps = new Map<number, number>();
    for (let done = between; done <= calls; done += between) {
      await Promise.all(Array.from({ length: sessionsAtOnce }, () => sessions(measured, between / sessionsAtOnce)));
      const { heapUsed, rss } = await memoryOf(file);
      heaps.set(done, heapUsed);
      rows.push([done.toLocaleString('en'), heapUsed / 1e6, rss / 1e6]);
    }
    table(rows, print);
    const [first, last] = [heaps.get(warm), [...heaps.values()].at(-1)];
    if (first !== undefined && last !== undefined) {
      print(`the last against the ${warm.toLocaleString('en')}th: ${(last / first).toFixed(2)}`);
    }
    await measured.end();
  }
}

async function sessions({ session }: Measured, count: number): Promise<void> {
  for (let calls = 0; calls < count; calls += callsOfSession) await session();
}

async function overStdio(setting: Setting, launch: Launch): Promise<Measured> {
  const { call, close } = await setting.connect(launch);
  return {
    name: 'stdio',
    async session() {
      const { id: goal_id } = await call('create_goal', { description: 'a goal' });
      await call('break_down_goal', { goal_id, subtasks: [{ description: 'a task' }, { description: 'another' }] });
      const { tasks } = (await call('claim_tasks', { goal_id })) as { tasks: { id: string; fence: number }[] };
      const task_id = tasks[0]?.id;
      await call('update_task_status', { task_id, fence: tasks[0]?.fence, status: 'completed', result: 'done' });
      await call('get_task', { task_id });
      await call('get_briefing', {});
      await call('list_tasks', { limit: 20 });
      await call('list_goals', { limit: 20 });
      await call('search', { query: 'another' });
      await call('get_history', {});
    },
    end: close,
  };
}

async function overHttp({ home }: Setting, launch: Launch): Promise<Measured> {
  const service = await aService(home, launch);
  const agent = service.agent('bench');
  return {
    name: 'HTTP',
    async session() {
      const { id } = (await agent.post('/goals', { description: 'a goal' })) as { id: string };
      const subtasks = [{ description: 'a task' }, { description: 'another' }];
      await agent.post(`/goals/${id}/tasks`, { subtasks });
      const { tasks } = (await agent.post('/claims', { goal_id: id })) as { tasks: { id: string; fence: number }[] };
      const path = `/api/v1/tasks/${tasks[0]?.id}`;
      await agent.put(`/tasks/${tasks[0]?.id}/status`, { status: 'completed', fence: tasks[0]?.fence });
      await agent.get(path);
      await agent.get('/api/v1/briefing');
      await agent.get('/api/v1/tasks?limit=20');
      await agent.get('/api/v1/goals?limit=20');
      await agent.get('/api/v1/search?query=another');
      await agent.get('/api/v1/history');
    },
    async end() {
      agent.end();
      await service.stop();
    },
  };
}

function launchTelling(file: string): Launch {
  const preload = fileURLToPath(new URL('./tell-memory.js', import.meta.url));
  return {
    flags: ['--expose-gc', '--import', pathToFileURL(preload).href],
    env: { BENCH_MEMORY_FILE: file },
  };
}

/** What the program tells of itself, after a collection of all that nobody holds. */
async function memoryOf(file: string): Promise<NodeJS.MemoryUsage> {
  process.kill(Number(readFileSync(`${file}.pid`, 'utf8')), 'SIGUSR2');
  while (!existsSync(file)) await sleep(20);
  renameSync(file, `${file}.read`);
  const told: NodeJS.MemoryUsage = JSON.parse(readFileSync(`${file}.read`, 'utf8'));
  rmSync(`${file}.read`);
  return told;
}
