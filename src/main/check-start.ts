import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { StartCheck } from '../cli/actions.ts';
import { localUrl } from '../machine/service/ask.ts';
import { findService } from '../machine/service/record.ts';
import { describeForOperator, negotiate, placesOf } from '../store/connection.ts';
import { withSession } from '../store/session.ts';
import type { Config } from './config.ts';

/** Looks whether the service could start with these settings. Nothing is made or changed. */
export async function checkStart(config: Config): Promise<StartCheck[]> {
  return [
    { what: 'Settings', answer: `all of them can be read; the data is in ${config.home}`, isGood: true },
    { what: 'Database', ...(await checkDatabase(config)) },
    { what: 'Address', ...(await checkAddress(config)) },
  ];
}

async function checkDatabase({ database, home }: Config): Promise<Omit<StartCheck, 'what'>> {
  if (database.kind === 'embedded') {
    const isThere = existsSync(path.join(home, 'postgres'));
    return {
      answer: isThere ? 'embedded, starts with the service' : 'embedded, the first start makes it',
      isGood: true,
    };
  }
  const { connection } = database;
  try {
    await withSession(await negotiate(connection, { readOnly: true }), async () => {}, {
      timeoutMs: 10_000,
      readOnly: true,
    });
    return { answer: `PostgreSQL at ${placesOf(connection)} answers`, isGood: true };
  } catch (error) {
    return { answer: describeForOperator(error, connection), isGood: false };
  }
}

async function checkAddress({ home, http }: Config): Promise<Omit<StartCheck, 'what'>> {
  const running = await findService(home);
  if (running !== undefined) return { answer: `the service runs already at ${localUrl(running)}`, isGood: true };
  const { host, port } = http;
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined) return { answer: `${host}:${port} is free`, isGood: true };
  const why = code === 'EADDRINUSE' ? 'another program listens there' : code;
  return {
    answer: `${host}:${port} cannot be had (${why}); choose another with --port or GOAL_AGENT_PORT`,
    isGood: false,
  };
}
