import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { measure, median, table } from './measure.ts';
import { programPath, type Setting } from './setting.ts';

const byHand = fileURLToPath(new URL('./by-hand.js', import.meta.url));
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '0' } },
};
/** What a client sends once it has the answer. */
const rest = [
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/list' },
  { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'list_goals', arguments: {} } },
];

/** From spawn to the first answers, the database being up, and the memory that the process then holds. */
export async function benchStart(setting: Setting, print: (line: string) => void): Promise<void> {
  const floor: Start[] = [];
  const starts: Start[] = [];
  await measure(12, async () => {
    floor.push(await startOnce([byHand], setting.home));
    starts.push(await startOnce([programPath, 'mcp'], setting.home));
  });
  const row = (title: string, runs: Start[], figure: keyof Start) => {
    const sorted = runs.map((run) => run[figure]).sort((a, b) => a - b);
    return [title, sorted[0] ?? 0, median(sorted), sorted.at(-1) ?? 0];
  };
  table(
    [
      ['start, database warm', 'min', 'p50', 'max'],
      row('Node by hand, spawn to initialize (ms)', floor, 'initialized'),
      row('spawn to initialize (ms)', starts, 'initialized'),
      row('spawn to tools/list (ms)', starts, 'listed'),
      row('spawn to the first list_goals (ms)', starts, 'called'),
      row('resident memory (MB)', starts, 'residentMb'),
    ],
    print,
  );
}

interface Start {
  initialized: number;
  listed: number;
  called: number;
  residentMb: number;
}

function startOnce(args: string[], home: string): Promise<Start> {
  const begun = performance.now();
  const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home };
  const child = spawn(process.execPath, args, { cwd: home, env, stdio: ['pipe', 'pipe', 'ignore'] });
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const start: Start = { initialized: 0, listed: 0, called: 0, residentMb: 0 };
  send(initialize);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id } = JSON.parse(line);
    const elapsed = performance.now() - begun;
    if (id === 1) {
      start.initialized = elapsed;
      for (const message of rest) send(message);
    }
    if (id === 2) start.listed = elapsed;
    if (id !== 3) return;
    start.called = elapsed;
    start.residentMb = residentMemory(child.pid ?? 0);
    child.stdin.end();
  });
  return new Promise((resolve) => child.once('exit', () => resolve(start)));
}

/** Linux only; 0 elsewhere. */
function residentMemory(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
