import { homedir } from 'node:os';
import type pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import { examineClients } from '../machine/doctor/examine-clients.ts';
import { examineFiles, examineService } from '../machine/doctor/examine-files.ts';
import { examineSchema } from '../machine/doctor/examine-schema.ts';
import { examineServer } from '../machine/doctor/examine-server.ts';
import { type Finding, findingsOf } from '../machine/doctor/finding.ts';
import { recount } from '../service/recount.ts';
import { negotiate } from '../store/connection.ts';
import { Database } from '../store/database.ts';
import { joinEmbedded } from '../store/embedded/embedded.ts';
import { findPlace } from '../store/embedded/place.ts';
import { eachHost, isSocketDirectory } from '../store/server-connection.ts';
import { withSession } from '../store/session.ts';
import type { Surroundings } from './config/places.ts';
import { type Config, readSettings } from './config.ts';
import { programFile } from './machine.ts';
import { embeddedDatabase } from './opening/database-source.ts';
import { operatorText } from './opening/server-store.ts';

/** One look may take so long; counting millions of tasks again does. */
const lookMs = 120_000;
const cacheMs = 3_000;

/** Looks at everything that the servers need, and changes nothing: every session refuses changes. */
export async function examine(surroundings: Surroundings, say: (line: string) => void): Promise<Finding[]> {
  const { config, refused } = readSettings(surroundings);
  const { told } = config ?? refused;
  const settings = findingsOf('settings');
  if (config !== undefined) settings.ok(`Every setting can be read; the database is ${whichDatabase(config)}.`);
  for (const problem of refused?.problems ?? [])
    settings.error(problem, 'Correct it; goal-agent config shows where each value comes from.');
  for (const line of told.files) settings.warning(line, 'Correct the file, or its rights.');
  for (const line of told.notices) settings.ok(line);
  const { home } = config ?? refused;
  const { env, cwd } = surroundings;
  const computer = { platform: process.platform, env, cwd, userHome: env.HOME || homedir() };
  const around = [
    ...settings.findings,
    ...(await examineFiles(home)),
    ...(await examineService(home)),
    ...(await examineClients(computer, programFile())),
  ];
  if (config === undefined) return around;
  return [...around, ...(await examineDatabase(config, say)), ...(await examineCache(config))];
}

function whichDatabase({ database, told }: Config): string {
  return `${database.kind === 'embedded' ? 'the embedded one' : 'on a server'} (${told.databaseFrom})`;
}

async function examineDatabase(config: Config, say: (line: string) => void): Promise<Finding[]> {
  const { findings, ok, error } = findingsOf('database');
  try {
    if (config.database.kind === 'server')
      return await examineAt(await negotiate(config.database.connection, { readOnly: true }), config);
    // nothing is made by looking
    if ((await findPlace(config.home)) === undefined) {
      ok('The embedded database is not there yet; the first start makes it.');
      return findings;
    }
    const joined = await joinEmbedded({ home: config.home, say });
    try {
      const { host, port, user, password } = joined;
      const way = { host, port, user, ssl: false, ...(password !== undefined && { password }) };
      return await examineAt({ ...way, database: embeddedDatabase }, config);
    } finally {
      await joined.leave();
    }
  } catch (caught) {
    const text = operatorText(caught, config);
    error(
      text,
      caught instanceof GoalAgentError && caught.code === 'unavailable'
        ? 'Look whether the server runs.'
        : 'Correct the settings, or the server.',
    );
    return findings;
  }
}

async function examineAt(way: pg.ClientConfig, config: Config): Promise<Finding[]> {
  const { pool, prepared } = config;
  const needs = { timeoutMs: lookMs, readOnly: true };
  const expectations = { mostConnections: pool.size + pool.maxOverflow, isRemote: isRemote(config) };
  const { findings, isUsable } = await withSession(
    { ...way, application_name: 'goal-agent doctor' },
    async (session) => {
      const server = await examineServer(session, expectations);
      const schema = await examineSchema(session);
      return { findings: [...server, ...schema.findings], isUsable: schema.isUsable };
    },
    needs,
  );
  if (!isUsable) return findings;
  const database = new Database({
    connect: async () => way,
    ...needs,
    poolSize: 1,
    maxOverflow: 0,
    prepared,
    warn: () => {},
  });
  try {
    return [...findings, ...(await examineCounts(database))];
  } finally {
    await database.close();
  }
}

function isRemote({ database }: Config): boolean {
  if (database.kind === 'embedded') return false;
  return eachHost(database.connection).some(
    ({ host }) => !isSocketDirectory(host) && !/^(?:localhost|127\.|::1$)/.test(host),
  );
}

async function examineCounts(database: Database): Promise<Finding[]> {
  const { findings, ok } = findingsOf('contents');
  const mostShown = 20;
  const shorten = (lines: string[]) => [
    ...lines.slice(0, mostShown),
    ...(lines.length > mostShown ? [`${lines.length - mostShown} more`] : []),
  ];
  for (const { workspace, counts, rules } of await recount(database)) {
    const named = `the workspace ${workspace}`;
    if (counts.length > 0) {
      findings.push({
        level: 'error',
        area: 'contents',
        what: `${counts.length} counts of ${named} are wrong: ${shorten(counts).join('; ')}.`,
        advice: 'Run: goal-agent doctor --fix',
        counts: { workspace, wrong: counts },
      });
    }
    if (rules.length > 0) {
      findings.push({
        level: 'error',
        area: 'contents',
        what: `Rows of ${named} contradict each other: ${shorten(rules).join('; ')}.`,
        advice: 'Set the status of each anew (goal-agent task update, goal update), or restore a backup.',
      });
    }
    if (counts.length + rules.length === 0) ok(`All counts of ${named} are right.`);
  }
  return findings;
}

async function examineCache({ cache, told }: Config): Promise<Finding[]> {
  const { findings, ok, warning } = findingsOf('cache');
  if (cache.kind === 'off') {
    ok(`No Redis is used (${told.cacheFrom}).`);
    return findings;
  }
  const { makeClient } = await import('../cache/client.ts');
  const client = makeClient(cache.connection);
  client.on('error', () => {}); // told below
  try {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer')), cacheMs).unref());
    await Promise.race([client.connect().then(() => client.ping()), late]);
    ok(`The Redis of ${told.cacheFrom} answers.`);
  } catch {
    warning(
      `The Redis of ${told.cacheFrom} does not answer, so PostgreSQL answers alone, and slower.`,
      'Start it, correct REDIS_HOST and REDIS_PASSWORD (or GOAL_AGENT_REDIS_URL), or set GOAL_AGENT_CACHE=off.',
    );
  } finally {
    client.destroy();
  }
  return findings;
}
