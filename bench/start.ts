import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { measure, median, table } from './measure.ts';
import { programPath, type Setting } from './setting.ts';

const opening = [
  {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '0' } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/list' },
];
const firstCall = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'list_goals', arguments: {} } };

/** From spawn to the first answers, the database being up, and the memory that the process then holds. */
export async function benchStart(setting: Setting, print: (line: string) => void): Promise<void> {
  const listed: number[] = [];
  const called: number[] = [];
  const memory: number[] = [];
  await measure(12, async () => {
    const figures = await startOnce(setting.home);
    listed.push(figures.listed);
    called.push(figures.called);
    memory.push(figures.residentMb);
  });
  for (const each of [listed, called, memory]) each.sort((a, b) => a - b);
  table(
    [
      ['start, database warm', 'min', 'p50', 'max'],
      ['spawn to tools/list (ms)', listed[0] ?? 0, median(listed), listed.at(-1) ?? 0],
      ['spawn to the first list_goals (ms)', called[0] ?? 0, median(called), called.at(-1) ?? 0],
      ['resident memory (MB)', memory[0] ?? 0, median(memory), memory.at(-1) ?? 0],
    ],
    print,
  );
}

function startOnce(home: string): Promise<{ listed: number; called: number; residentMb: number }> {
  const start = performance.now();
  const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home };
  const child = spawn(process.execPath, [programPath, 'mcp'], { cwd: home, env, stdio: ['pipe', 'pipe', 'ignore'] });
  for (const message of [...opening, firstCall]) child.stdin.write(`${JSON.stringify(message)}\n`);
  let listed = 0;
  let called = 0;
  let residentMb = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id } = JSON.parse(line);
    if (id === 2) listed = performance.now() - start;
    if (id !== 3) return;
    called = performance.now() - start;
    residentMb = residentMemory(child.pid ?? 0);
    child.stdin.end();
  });
  return new Promise((resolve) => child.once('exit', () => resolve({ listed, called, residentMb })));
}

/** Linux only; 0 elsewhere. */
function residentMemory(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
