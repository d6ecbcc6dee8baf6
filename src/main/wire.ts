import { randomBytes } from 'node:crypto';
import { GoalAgentError } from '../domain/errors.ts';
import type { AgentFacts } from '../mcp/define-tool.ts';
import type { ServerParts } from '../mcp/server.ts';
import { describeForOperator } from '../store/connection.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { type Source, sourceOf } from './source.ts';
import { version } from './version.ts';

/** How long a call waits for a database that is coming up: a first start creates it. */
const patienceMs = 20_000;

export interface Wired extends ServerParts {
  /** Opens the store now, so that the first call need not. Failures are logged, and the next call tries again. */
  warmUp(): void;
  /** Ends everything in order: statements, connections, the embedded server. */
  close(): Promise<void>;
}

/** Puts the rooms together: configuration in, what the faces need out. */
export function wire(config: Config, log: Log): Wired {
  const source = sourceOf(config, (line) => log.info(line));
  const opener = storeOpener(config, source, log);
  const suffix = randomBytes(2).toString('hex');
  return {
    async openCall({ clientName, signal }) {
      const store = await opener.open(signal);
      return { store, actor: config.actor ?? `${clientName ?? 'agent'}-${suffix}`, signal };
    },
    facts: () => factsOf(config, source),
    report: (error, where) => log.error({ err: error }, `a defect in ${where}`),
    warmUp: () => {
      opener.open().catch(() => {}); // logged there
    },
    async close() {
      await opener.close();
      await source.leave();
    },
  };
}

function factsOf(config: Config, source: Source): AgentFacts {
  return {
    version,
    database: source.kind,
    cache: { enabled: false, state: 'off' },
    config: {
      workspace: config.workspace,
      timeout_seconds: config.timeoutMs / 1000,
      pool_size: config.pool.size,
      max_overflow: config.pool.maxOverflow,
      max_workers: config.maxWorkers,
    },
  };
}

/** Opens the store once for all who ask, and again after a failure. */
function storeOpener(config: Config, source: Source, log: Log) {
  let opening: Promise<Store> | undefined;
  const start = () => {
    const attempt = openStore({
      connect: source.connect,
      workspace: config.workspace,
      poolSize: config.pool.size,
      maxOverflow: config.pool.maxOverflow,
      timeoutMs: config.timeoutMs,
      prepared: config.prepared,
      warn: (message, error) => log.warn({ err: error }, message),
    });
    attempt.catch((error) => {
      log.error({ err: error }, operatorText(error, config));
      if (opening === attempt) opening = undefined;
    });
    return attempt;
  };
  return {
    async open(signal?: AbortSignal): Promise<Store> {
      opening ??= start();
      return withPatience(opening, signal);
    },
    async close() {
      const store = await opening?.catch(() => undefined);
      await store?.database.close();
    },
  };
}

async function withPatience(opening: Promise<Store>, signal: AbortSignal | undefined): Promise<Store> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    const give = () =>
      reject(new GoalAgentError('unavailable', 'The database is still starting. Try again in a few seconds.'));
    timer = setTimeout(give, patienceMs);
    signal?.addEventListener('abort', () => reject(new GoalAgentError('cancelled', 'The call was cancelled.')));
  });
  try {
    return await Promise.race([opening, impatience]);
  } finally {
    clearTimeout(timer);
    impatience.catch(() => {});
  }
}

/** What a person at this machine does about it; an agent gets only the error's own message. */
export function operatorText(error: unknown, { database }: Config): string {
  if (database.kind === 'server') return describeForOperator(error, database.connection);
  return error instanceof Error ? error.message : String(error);
}
