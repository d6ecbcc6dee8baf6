import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, type Plugin } from 'esbuild';
import { afterFile } from '../../support/after-file.ts';
import type { Observation, Work } from './worker.ts';

const longestWaitMs = 20_000;

/** What many processes saw. */
export interface Seen {
  reads: number;
  writes: number;
  hits: number;
  /** Reads that got an older version than one whose write had returned before they began, a sentence each. */
  stale: string[];
}

/** The worker as a program. Without its guard, the value counts whatever became of its stamps. */
export async function buildWorker({ guard }: { guard: boolean }): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-checker-'));
  afterFile(() => rm(directory, { recursive: true, force: true }));
  const outfile = path.join(directory, 'worker.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['pg-native'],
    banner: { js: "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);" },
    plugins: guard ? [] : [withoutGuard],
    logLevel: 'error',
  });
  return outfile;
}

const withoutGuard: Plugin = {
  name: 'without-guard',
  setup(building) {
    building.onLoad({ filter: /src\/cache\/cache\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replace("stamps.join('/')", "'any'");
      if (contents === source) throw new Error('the guard is not where it was');
      return { contents, loader: 'ts' };
    });
  },
};

/** Waits until one of the processes was answered by the cache once more; gives up on a machine where none is. */
export type UntilHit = () => Promise<void>;

/** Lets these processes work while `meanwhile` runs, and compares what they saw. */
export async function check(
  program: string,
  works: Work[],
  meanwhile: (untilHit: UntilHit) => Promise<void>,
): Promise<Seen> {
  const running = works.map((work) => start(program, work));
  const hitsSoFar = () => running.reduce((sum, { hits }) => sum + hits(), 0);
  await meanwhile(async () => {
    const before = hitsSoFar();
    for (const end = Date.now() + longestWaitMs; Date.now() < end && hitsSoFar() <= before; ) await sleep(10);
  });
  for (const { child } of running) child.stdin?.end();
  const results = await Promise.all(running.map(({ result }) => result));
  return compare(
    results.flatMap((each) => each.observed),
    results.reduce((sum, each) => sum + each.hits, 0),
  );
}

function start(program: string, work: Work) {
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(work)], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('no pipe');
  let hits = 0;
  child.on('message', (told) => {
    hits = Number(told);
  });
  const result = text(child.stdout).then((json) => JSON.parse(json) as { observed: Observation[]; hits: number });
  return { child, result, hits: () => hits };
}

/** Checks again until this much was seen: what cannot be waited for is a matter of chance. What was seen in all. */
export async function checkUntil(enough: (seen: Seen) => boolean, round: () => Promise<Seen>): Promise<Seen> {
  let all = await round();
  for (let rounds = 1; rounds < 20 && !enough(all); rounds += 1) {
    const next = await round();
    all = {
      reads: all.reads + next.reads,
      writes: all.writes + next.writes,
      hits: all.hits + next.hits,
      stale: [...all.stale, ...next.stale],
    };
  }
  return all;
}

/** A task has one writer, so its versions are written in order: a read may not get less than what had returned before. */
export function compare(observed: Observation[], hits: number): Seen {
  const returned = new Map<string, number>();
  const stale: string[] = [];
  const inOrder = observed.toSorted((a, b) => a.at - b.at);
  for (const { taskId, version, at, read } of inOrder) {
    const newest = returned.get(taskId) ?? 0;
    if (!read) returned.set(taskId, Math.max(newest, version));
    else if (version < newest)
      stale.push(`${taskId}: read ${version} at ${at.toFixed(2)}, when ${newest} had returned`);
  }
  const reads = observed.filter((each) => each.read).length;
  return { reads, writes: observed.length - reads, hits, stale };
}

/** Again and again. */
export async function repeat(times: number, body: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += 1) await body();
}

export const pause = (least: number, most: number) => sleep(least + Math.random() * (most - least));
