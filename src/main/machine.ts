import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from '../machine/machine.ts';
import type { PlainConfig } from './config.ts';
import { version } from './version.ts';

/** This computer, as the settings describe it. */
export function machineOf({ home, http: { host, port } }: PlainConfig, cwd: string): Machine {
  // loaded when it is asked for: a server that a client waits for starts without it
  const localToken = async () => (await import('./local-token.ts')).readLocalToken(home);
  return { home, program: programFile(), cwd, host, port, version, localToken };
}

/** Both programs lie in one folder; what a person typed may be a link to either. */
export function programFile(): string {
  return path.join(path.dirname(realpathSync(process.argv[1] ?? '')), 'goal-agent.js');
}
