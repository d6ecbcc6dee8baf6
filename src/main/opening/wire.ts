import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { callerOf } from '../../service/caller.ts';
import type { AgentFacts, Tool } from '../../tools/define/define-tool.ts';
import type { ToolHost } from '../../tools/define/run-tool.ts';
import { allToolsets, chooseTools } from '../../tools/toolsets.ts';
import type { Config, PlainConfig, Told } from '../config.ts';
import type { Log } from '../log.ts';
import { version } from '../version.ts';
import { sourceOf } from './database-source.ts';
import { OptionalCache } from './optional-cache.ts';
import { storeOpener } from './server-store.ts';
import { Workspaces } from './workspaces.ts';

export interface Wired extends ToolHost {
  /** Every tool that the settings allow, listed or not. */
  routedTools: readonly Tool[];
  /** Opens the store now, so that the first call need not. Failures are logged, and the next call tries again. */
  warmUp(): void;
  /** Answers the calls that wait, and lets no call wait any more. */
  endWaits(): void;
  /** Ends everything in order: statements, connections, the embedded server. */
  close(): Promise<void>;
}

/**
 * Puts the rooms together: from the configuration to the host that the faces need. `isShared`: callers of many names
 * use this process, so it lends them none of its own.
 */
export function wire(config: Config, log: Log, { isShared = false } = {}): Wired {
  const source = sourceOf(config, (line) => log.info(line));
  const cache = new OptionalCache(config, log);
  const opener = storeOpener(config, { source, cache, log });
  const workspaces = new Workspaces();
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  // two processes of 50 had one name in 2 of 100 fleets with two bytes, and in 3 of ten million with four
  const suffix = randomBytes(4).toString('hex');
  return {
    async openCall({ clientName, principal, isPerson, signal }) {
      const store = await opener.open(signal);
      if (principal !== undefined) {
        const own = workspaces.storeOf(store, principal);
        return { store: own, cached: own === store ? cache.reads : undefined, ...callerOf(principal), signal };
      }
      if (isShared) {
        const actor = clientName ?? 'local';
        return { store, cached: cache.reads, actor, agentName: actor, isConfirmed: isPerson, signal };
      }
      const agentName = config.actor ?? clientName ?? 'agent';
      return { store, cached: cache.reads, actor: config.actor ?? `${agentName}-${suffix}`, agentName, signal };
    },
    tools: chooseTools({ names: config.toolsets, readOnly: config.readOnly }),
    routedTools: chooseTools({ names: allToolsets, readOnly: config.readOnly }),
    facts: () => ({
      ...configFacts(config),
      database: source.kind,
      cache: cache.facts(),
      ...(opener.problems.length > 0 && { problems: opener.problems }),
    }),
    cacheIsKnown: () => cache.untilKnown(),
    stopping: stopping.signal,
    endWaits: () => stopping.abort(),
    report: (error, where) => log.error({ err: error }, `a defect in ${where}`),
    warmUp: () => {
      opener.open().catch(() => {}); // logged there
    },
    async close() {
      stopping.abort();
      cache.close();
      await opener.close();
      await source.leave();
    },
  };
}

/** The facts that the settings alone give. */
export function configFacts(
  config: PlainConfig & { told: Told },
): Pick<AgentFacts, 'version' | 'databaseFrom' | 'cacheFrom' | 'workspaceFrom' | 'notices' | 'config'> {
  const { databaseFrom, cacheFrom, workspaceFrom, files, notices } = config.told;
  return {
    version,
    databaseFrom,
    cacheFrom,
    workspaceFrom,
    notices: [...files, ...notices],
    config: {
      workspace: config.workspace,
      timeout_seconds: config.timeoutMs / 1000,
      pool_size: config.pool.size,
      max_overflow: config.pool.maxOverflow,
      max_workers: config.maxWorkers,
    },
  };
}
