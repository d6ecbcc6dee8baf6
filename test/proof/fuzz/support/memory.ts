import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** What a process may have more after a storm than before it. */
export const mostGrowthMiB = 150;

/** Resident and live memory of a process that was calmed, in MiB. */
export interface Memory {
  resident: number;
  live: number;
}

const calm = pathToFileURL(path.join(import.meta.dirname, 'calm.mjs')).href;
const fileIn = (home: string) => path.join(home, 'memory.json');

/** With these a process can be calmed. */
export function calmable(home: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=${calm}`, PROOF_MEMORY: fileIn(home) };
}

/** The least memory of a process that collects its garbage a few times: freed pages go back to the system a little later. */
export async function memoryOf({ pid, home }: { pid: number; home: string }): Promise<Memory> {
  const seen: Memory[] = [];
  for (let time = 0; time < 3; time += 1) {
    seen.push(await collected(pid, fileIn(home)));
    await sleep(200);
  }
  return { resident: Math.min(...seen.map((each) => each.resident)), live: Math.min(...seen.map((each) => each.live)) };
}

async function collected(pid: number, file: string): Promise<Memory> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  while (!existsSync(file)) await sleep(10);
  const { rss, heapUsed, external } = JSON.parse(readFileSync(file, 'utf8'));
  return { resident: mebibytes(rss), live: mebibytes(heapUsed + external) };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
