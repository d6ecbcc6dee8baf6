import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { onTestFinished } from 'vitest';
import { stopService } from '../../src/machine/service/stop.ts';
import { type Ran, run } from '../legacy/support/program.ts';
import { afterFile } from '../support/after-file.ts';
import { program } from '../support/bundle.ts';

/** The program of that name, as users start it. */
export const mcpctl = path.join(path.dirname(program), 'mcpctl.js');

export interface Home {
  directory: string;
  /** Runs `mcpctl` with this home. */
  mcpctl(...args: string[]): Promise<Ran>;
  /** What the running service says of itself. */
  record(): { pid: number; port: number; host: string; born: string };
}

/** A home of a test's own; what runs there is stopped at the end. */
export function aHome(database: pg.ClientConfig, env: Record<string, string> = {}): Home {
  const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-machine-'));
  const all = { LANG: 'C.UTF-8', GOAL_AGENT_HOME: directory, GOAL_AGENT_PORT: '0', ...env };
  onTestFinished(async () => {
    await stopService(directory);
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    directory,
    mcpctl: (...args) => run(args, database, { program: mcpctl, cwd: directory, env: all }),
    record: () => JSON.parse(readFileSync(path.join(directory, 'service', 'service.json'), 'utf8')),
  };
}

/** A folder until the end of the file. */
export function aFolder(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-folder-'));
  afterFile(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
