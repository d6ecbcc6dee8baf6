import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import type { Work } from './worker.ts';

/** Processes with agents, some of which are killed, and some stand still for longer than a lease. */
export interface Storm extends Pick<Work, 'connection' | 'habits'> {
  processes: number;
  /** In each process. */
  agents: number;
  connections: number;
  /** A process is killed every so often, and another one started in its place: one that has written down so many bytes. */
  killEveryMs: number;
  killFrom: number;
  /** Where the processes write down what they do. */
  folder: string;
}

/** Lets the storm rage while tasks are open, and waits for the processes' ends. How many were started, and paused. */
export async function rage(storm: Storm, hasOpenTasks: () => Promise<boolean>) {
  mkdirSync(storm.folder, { recursive: true });
  const program = await bundleWorker();
  const origin = process.hrtime.bigint().toString();
  const running = new Map<ChildProcess, string>();
  const failed: string[] = [];
  let [started, paused] = [0, 0];
  const start = () => {
    const work: Work = { ...storm, origin, first: started * storm.agents, file: fileOf(storm.folder, started) };
    started += 1;
    const child = spawn(process.execPath, [program, JSON.stringify(work)], { stdio: ['ignore', 'ignore', 'inherit'] });
    running.set(child, work.file);
    child.once('exit', (code) => {
      running.delete(child);
      if (code) failed.push(`the process of agent ${work.first} ended with ${code}`);
    });
  };
  for (let n = 0; n < storm.processes; n += 1) start();
  while (await hasOpenTasks()) {
    await sleep(storm.killEveryMs);
    if (failed.length > 0) break;
    // where the machine is slow all would be killed while they start
    const hasWorked = ([, file]: [ChildProcess, string]) => sizeOf(file) >= storm.killFrom;
    const [victim, sleeper] = [...running].filter(hasWorked).toSorted(() => Math.random() - 0.5);
    if (victim?.[0].kill('SIGKILL')) start();
    if (sleeper !== undefined && pause(sleeper[0], storm.habits.leaseSeconds)) paused += 1;
  }
  while (running.size > 0 && failed.length === 0) await sleep(50);
  for (const child of running.keys()) child.kill('SIGKILL');
  return { started, paused, failed };
}

function fileOf(folder: string, number: number): string {
  return path.join(folder, `${number}.edn`);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Stops the process in the middle of whatever it does. What it does afterwards it does late. */
function pause(child: ChildProcess, leaseSeconds: number): boolean {
  if (!child.kill('SIGSTOP')) return false;
  setTimeout(() => child.kill('SIGCONT'), leaseSeconds * 1000 * (0.5 + Math.random()));
  return true;
}

async function bundleWorker(): Promise<string> {
  // two levels below the project, as the program is: it looks for the migrations from there
  const outfile = path.resolve(import.meta.dirname, '../../../dist/test/claimer.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native', 'node-pg-migrate'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
  });
  return outfile;
}
