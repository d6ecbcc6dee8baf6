import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterFile } from '../../../support/after-file.ts';
import { allTools } from '../../../support/conversation.ts';
import { aService, type ServiceProcess } from '../../../support/service-process.ts';
import { canaries, Leaks } from './leaks.ts';
import { calmable } from './memory.ts';

/** A service that can be calmed, and what must not be in its answers. */
export interface StormedService {
  service: ServiceProcess;
  leaks: Leaks;
  /** What it wrote of defects. */
  defects(): string[];
  /** Open connections to its port, as the system knows them; undefined where the system does not say. */
  connections(): number | undefined;
}

/** Lives until the end of the file: call it at the file's top. */
export async function aStormedService(database: pg.ClientConfig): Promise<StormedService> {
  const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-fuzz-'));
  afterFile(() => rmSync(home, { recursive: true, force: true }));
  const env = { ...allTools, ...canaries, ...calmable(home), GOAL_AGENT_RATE_LIMIT: '1000000' };
  const service = await aService({ database, env, home });
  return {
    service,
    leaks: new Leaks(database, [home, process.cwd(), service.localToken]),
    defects: () =>
      service
        .log()
        .split('\n')
        .filter((line) => line.includes('a defect in')),
    connections: () => connectionsTo(Number(new URL(service.url).port)),
  };
}

/** Linux lists them; 01 is an established connection, and 0A the one that listens. */
function connectionsTo(port: number): number | undefined {
  if (!existsSync('/proc/net/tcp')) return undefined;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => {
      const [, address = '', , state] = line.trim().split(/\s+/);
      return address.endsWith(local) && state === '01';
    }).length;
}
