import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../../domain/errors.ts';
import { describeForOperator } from '../../store/connection.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Source } from './database-source.ts';
import type { OptionalCache } from './optional-cache.ts';
import { takeOver } from './take-over-v2.ts';

/** The time that a call waits for a starting database: a first start creates it. */
const patienceMs = 20_000;
/** The time that the end of the process waits for a database that is still starting. */
const closingMs = 500;

interface Parts {
  source: Source;
  cache: OptionalCache;
  log: Log;
}

/** Opens the store once for all callers, and again after a failure. */
export function storeOpener(config: Config, { source, cache, log }: Parts) {
  let opening: Promise<Store> | undefined;
  /** The result of `opening`, at hand for every call after the first. */
  let opened: Store | undefined;
  const problems: string[] = [];
  /** After the end began, a failure follows from the end, and is not reported. */
  let isClosing = false;
  const start = () => {
    const attempt = openWithOldData();
    attempt.then(
      (store) => {
        opened = store;
      },
      (error) => {
        if (!isClosing) logFailure(log, error, operatorText(error, config));
        if (opening === attempt) opening = undefined;
      },
    );
    return attempt;
  };
  /** The data of older versions is taken over before the first call is served. A failure of that stops nobody. */
  const openWithOldData = async () => {
    const store = await openStore({
      connect: source.connect,
      check: source.check,
      lossReason: source.lossReason,
      workspace: config.workspace,
      poolSize: config.pool.size,
      maxOverflow: config.pool.maxOverflow,
      timeoutMs: config.timeoutMs,
      prepared: config.prepared,
      readOnly: config.readOnly,
      warn: (message, error) => {
        if (!isClosing) log.warn({ err: error }, message);
      },
    });
    await cache.attachTo(store);
    if (!config.readOnly) problems.splice(0, problems.length, ...(await takeOverAndLog(config, source, log)));
    return store;
  };
  return {
    /** The problems of the take-over, for get_agent_status. */
    problems,
    async open(signal?: AbortSignal): Promise<Store> {
      if (opened !== undefined) return opened;
      opening ??= start();
      return withPatience(opening, signal);
    },
    /** Closes everything, without waiting for a silent server. */
    async close() {
      isClosing = true;
      const store = await Promise.race([opening?.catch(() => undefined), sleep(closingMs, undefined, { ref: false })]);
      await store?.database.close();
    },
  };
}

/** One line for a person. Where it is the error's own message, the log's file also has the cause. */
function logFailure(log: Log, error: unknown, text: string): void {
  if (!(error instanceof GoalAgentError) || error.message !== text) log.error({ err: error }, text);
  else log.error({ cause: error.cause instanceof Error ? error.cause.message : undefined }, text);
}

/** Gives back the problems of the take-over. */
async function takeOverAndLog(config: Config, source: Source, log: Log): Promise<string[]> {
  try {
    const taken = await takeOver(config, source);
    for (const { lines, problem, cause } of taken) {
      if (problem !== undefined) log.error({ err: cause }, problem);
      for (const line of lines ?? []) log.info(line);
    }
    return taken.flatMap(({ problem }) => problem ?? []);
  } catch (error) {
    log.error({ err: error }, 'the data of v2 could not be read');
    return ['The data of v2 could not be read; the log has the cause.'];
  }
}

async function withPatience(opening: Promise<Store>, signal: AbortSignal | undefined): Promise<Store> {
  const done = new AbortController();
  const until = AbortSignal.any([done.signal, ...(signal ? [signal] : [])]);
  // an aborted call ends the wait with the rejection of `sleep`
  const impatience = sleep(patienceMs, undefined, { signal: until }).then(
    () => {
      throw new GoalAgentError('unavailable', 'The database is still starting. Try again in a few seconds.');
    },
    () => {
      throw new GoalAgentError('cancelled', 'The call was cancelled.');
    },
  );
  try {
    return await Promise.race([opening, impatience]);
  } finally {
    done.abort();
  }
}

/** The advice for a person at this machine; an agent gets only the error's own message. */
export function operatorText(error: unknown, { database }: Config): string {
  if (saysItAll(error)) return error.message;
  if (database.kind === 'server') return describeForOperator(error, database.connection);
  return error instanceof Error ? error.message : String(error);
}

/** Our own errors say what they mean. Errors of the connection have a cause, and know more than their message. */
function saysItAll(error: unknown): error is GoalAgentError {
  if (!(error instanceof GoalAgentError)) return false;
  return error.cause === undefined || !['unavailable', 'configuration'].includes(error.code);
}
