import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median, quantile, table } from './measure.ts';
import { type Connected, connectTo, programPath } from './setting.ts';

const tasks = 3_000;
const tasksOfGoal = 1_000;
/** Of each side, first calls that let the code be compiled and the plans be made. */
const warmUp = 300;

interface Side {
  name: string;
  home: string;
  server: Connected;
  claims: number[];
  completions: number[];
}

/**
 * Claims and completions over stdio, by this checkout and by another one, built in the same way, call by call in turns: each
 * on an embedded PostgreSQL of its own.
 */
export async function benchAgainst(checkout: string | undefined, print: (line: string) => void): Promise<void> {
  if (checkout === undefined) return print('against: another checkout is named by --against DIRECTORY');
  const other = resolve(checkout, 'dist/main/goal-agent.js');
  if (!existsSync(other)) throw new Error(`${other} is not there; build that checkout first: npm ci && npm run build`);
  const sides = await Promise.all([aSide('the other one', other), aSide('this checkout', programPath)]);
  try {
    for (let n = 0; n < tasks; n += 1) {
      for (const side of n % 2 === 0 ? sides : sides.toReversed()) await claimAndComplete(side, n >= warmUp);
    }
  } finally {
    await Promise.all(sides.map(end));
  }
  const [before, now] = sides as [Side, Side];
  const row = (name: string, then: number[], today: number[]) => {
    const [a, b] = [then, today].map((times) => times.toSorted((x, y) => x - y)) as [number[], number[]];
    return [name, median(a), median(b), median(b) / median(a), quantile(a, 0.99), quantile(b, 0.99)];
  };
  table(
    [
      [`${tasks - warmUp} calls each (ms)`, `p50, ${before.name}`, now.name, 'ratio', `p99, ${before.name}`, now.name],
      row('claim_tasks', before.claims, now.claims),
      row('update_task_status', before.completions, now.completions),
    ],
    print,
  );
}

async function aSide(name: string, program: string): Promise<Side> {
  const home = mkdtempSync(join(tmpdir(), 'goal-agent-bench-'));
  const server = await connectTo([program, 'mcp'], home);
  const subtasks = Array.from({ length: tasksOfGoal }, (_, n) => ({ description: `task ${n}` }));
  for (let made = 0; made < tasks; made += tasksOfGoal) {
    const { id } = await server.call('create_goal', { description: 'a goal' });
    await server.call('break_down_goal', { goal_id: id, subtasks });
  }
  return { name, home, server, claims: [], completions: [] };
}

async function claimAndComplete({ server, claims, completions }: Side, counts: boolean): Promise<void> {
  const start = performance.now();
  const { tasks: claimed } = await server.call('claim_tasks', {});
  const between = performance.now();
  const [task] = claimed as { id: string; fence: number }[];
  if (task === undefined) throw new Error('there was nothing to claim');
  await server.call('update_task_status', { task_id: task.id, status: 'completed', fence: task.fence });
  if (!counts) return;
  claims.push(between - start);
  completions.push(performance.now() - between);
}

async function end({ server, home }: Side): Promise<void> {
  await server.close();
  rmSync(home, { recursive: true, force: true });
}
