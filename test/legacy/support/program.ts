import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterFile } from '../../support/after-file.ts';
import { program as ours } from '../../support/bundle.ts';
import { environmentOf } from '../../support/server-process.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ran>;
}

export interface StartOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Another version of it. */
  program?: string;
}

/** The program as a process of its own, in a directory of its own unless `cwd` says another. */
export function start(
  args: string[],
  database: pg.ClientConfig,
  { cwd, env = {}, program = ours }: StartOptions = {},
): Running {
  const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-cli-'));
  afterFile(() => rmSync(home, { recursive: true, force: true }));
  const child = spawn(process.execPath, [program, ...args], {
    cwd: cwd ?? home,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      TZ: 'Europe/Paris',
      NO_COLOR: '1',
      GOAL_AGENT_HOME: home,
      ...environmentOf(database),
      ...env,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes) => (stdout += bytes));
  child.stderr.on('data', (bytes) => (stderr += bytes));
  child.stdin.end();
  return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))) };
}

export function run(args: string[], database: pg.ClientConfig, options: StartOptions = {}): Promise<Ran> {
  return start(args, database, options).ended;
}
