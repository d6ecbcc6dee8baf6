import { GoalAgentError } from '../domain/errors.ts';
import type { Schedule } from '../exchange/backup/keep-backups.ts';
import type { OAuthSettings } from '../http/guard/oauth.ts';
import { type CacheConfig, chooseCache } from './config/cache.ts';
import { clientEnv } from './config/client-env.ts';
import { chooseDatabase, type DatabaseConfig } from './config/database.ts';
import { parseFrom } from './config/parse.ts';
import { absolutePath, dataDirectory } from './config/paths.ts';
import { firstThatSets, tellUnused, tellUsed } from './config/place.ts';
import { findPlaces, type Places, type Surroundings } from './config/places.ts';
import { ofProject } from './config/project/project.ts';
import { knownVariables, type PlainSettings, plainVariables } from './config/variables.ts';

/** The settings that belong to no server. Paths are absolute. */
export interface PlainConfig {
  pool: { size: number; maxOverflow: number };
  /** Whether statements are named and prepared; off behind a pooler that cannot keep them. */
  prepared: boolean;
  /** For one statement. */
  timeoutMs: number;
  /** Shown by get_agent_status, as v3.0 did; nothing else uses it. */
  maxWorkers: number;
  home: string;
  workspace: string;
  /** The actor in history and claims; undefined for the client's own name and a suffix. */
  actor: string | undefined;
  http: {
    host: string;
    port: number;
    /** What clients call the service by, where a proxy stands in front of it. */
    publicUrl: URL | undefined;
    /** Requests of one token in a minute. */
    requestsAMinute: number;
    /** Who else gives tokens; undefined where nobody does. */
    oauth: OAuthSettings | undefined;
  };
  /** Whether webhooks may go to addresses that are not public, and without TLS. */
  webhooks: { allowPrivate: boolean };
  /** What the service backs up by itself; undefined where nobody asked for it. */
  backups: Schedule | undefined;
  /** Either a setting names it, or it is v2's own folder below the working directory, which may be anybody's. */
  v2Directory: { path: string; isNamed: boolean };
  toolsets: string[];
  readOnly: boolean;
}

/** All settings, parsed and with their defaults. They hold passwords: do not log them. */
export interface Config extends PlainConfig {
  database: DatabaseConfig;
  cache: CacheConfig;
  told: Told;
}

/**
 * Notices about the settings: the places that they come from, and the settings that are not used. They hold no values
 * except paths.
 */
export interface Told {
  /** The variable that decides, and its place. */
  databaseFrom: string;
  /** The same of the workspace's name; of a project's the file, remote or folder. */
  workspaceFrom: string;
  cacheFrom: string;
  /** The `.env` of the working directory, where a command takes settings from it. */
  beside: string | undefined;
  /** About env files: those that are passed over, and those that others may read. */
  files: string[];
  /** Settings that are not used, each with the reason. */
  notices: string[];
  /** The variables that decide something, each with the file that it comes from, or `environment`. */
  used: { name: string; from: string }[];
  /** The `env` block that gives a client's server these settings, without the secrets. */
  clientEnv: Record<string, string>;
}

/** Settings of which some are wrong: only the plain ones that are right, and no database to open. */
export interface Refused extends PlainConfig {
  /** A sentence for each wrong variable: its file, its value (secrets hidden), and the allowed values. */
  problems: string[];
  told: Told;
}

export type Settings = { config: Config; refused?: never } | { config?: never; refused: Refused };

/** Reads the settings from the environment, the env files, and the defaults (docs/configuration.md). Changes nothing. */
export function readSettings(surroundings: Surroundings): Settings {
  return settingsOf(findPlaces(surroundings), surroundings);
}

/**
 * The same for a caller that cannot go on with wrong settings: it throws one GoalAgentError `configuration` with a line
 * for each of them.
 */
export function readConfig(surroundings: Surroundings): Config {
  const { config, refused } = readSettings(surroundings);
  if (config !== undefined) return config;
  throw new GoalAgentError('configuration', refused.problems.join('\n'));
}

/** The settings that the places make together. Everything is in the arguments: nothing is read here. */
export function settingsOf(found: Places, surroundings: Surroundings): Settings {
  const { places } = found;
  const { values, problems, used } = parseFrom(plainVariables, places);
  const database = chooseDatabase(places, values.GOAL_AGENT_DATABASE, surroundings.cwd);
  const cache = chooseCache(places, values);
  const workspace = chooseWorkspace(found, values.GOAL_AGENT_WORKSPACE);
  const plain = { ...plainSettings(values, surroundings), workspace: workspace.name };
  const notices = [
    ...found.notices,
    ...database.notices,
    ...cache.notices,
    ...foreign(surroundings),
    ...unknown(found),
  ];
  const all = [...used, ...database.used, ...cache.used];
  const told: Told = {
    databaseFrom: database.from,
    workspaceFrom: workspace.from,
    cacheFrom: cache.from,
    beside: found.isBeside ? found.envFile : undefined,
    files: found.files,
    notices,
    used: all.map(({ name, place }) => ({ name, from: place.file ?? 'environment' })),
    clientEnv: clientEnv(all, found.envFile, surroundings.cwd),
  };
  const wrong = [...found.problems, ...database.problems, ...cache.problems, ...problems, ...workspace.problems];
  if (wrong.length > 0) return { refused: { ...plain, told, problems: wrong } };
  return { config: { ...plain, database: database.value, cache: cache.value, told } };
}

function plainSettings(values: PlainSettings, { env, cwd }: Surroundings): Omit<PlainConfig, 'workspace'> {
  return {
    pool: { size: values.POSTGRES_POOL_SIZE, maxOverflow: values.POSTGRES_MAX_OVERFLOW },
    prepared: values.POSTGRES_PREPARED,
    timeoutMs: Math.round(values.GOAL_AGENT_TIMEOUT * 1000),
    maxWorkers: values.GOAL_AGENT_MAX_WORKERS,
    home: values.GOAL_AGENT_HOME === undefined ? dataDirectory(env) : absolutePath(values.GOAL_AGENT_HOME, cwd),
    actor: values.GOAL_AGENT_NAME,
    http: {
      host: values.GOAL_AGENT_HOST,
      port: values.GOAL_AGENT_PORT,
      publicUrl: values.GOAL_AGENT_PUBLIC_URL,
      requestsAMinute: values.GOAL_AGENT_RATE_LIMIT,
      oauth: oauthSettings(values),
    },
    webhooks: { allowPrivate: values.GOAL_AGENT_WEBHOOKS_PRIVATE },
    backups:
      values.GOAL_AGENT_BACKUP_DIR === undefined
        ? undefined
        : {
            directory: absolutePath(values.GOAL_AGENT_BACKUP_DIR, cwd),
            everyMs: values.GOAL_AGENT_BACKUP_EVERY * 1_000,
            keep: values.GOAL_AGENT_BACKUP_KEEP,
          },
    v2Directory: {
      path: absolutePath(values.GOAL_AGENT_V2_DIR ?? 'data/goals', cwd),
      isNamed: values.GOAL_AGENT_V2_DIR !== undefined,
    },
    toolsets: values.GOAL_AGENT_TOOLSETS,
    readOnly: values.GOAL_AGENT_READ_ONLY,
  };
}

/** Tokens are made for the URL of the MCP endpoint, unless somebody says otherwise. */
function oauthSettings(values: PlainSettings): OAuthSettings | undefined {
  const { GOAL_AGENT_OAUTH_ISSUER: issuer, GOAL_AGENT_PUBLIC_URL: publicUrl, GOAL_AGENT_OAUTH_SCOPES: scopes } = values;
  if (issuer === undefined) return undefined;
  const own = publicUrl?.origin ?? `http://${values.GOAL_AGENT_HOST}:${values.GOAL_AGENT_PORT}`;
  return { issuer, audience: values.GOAL_AGENT_OAUTH_AUDIENCE ?? `${own}/mcp`, scopes };
}

function chooseWorkspace({ places, project }: Places, value: string) {
  const place = firstThatSets(places, 'GOAL_AGENT_WORKSPACE');
  const from = place === undefined ? 'the default' : tellUsed({ name: 'GOAL_AGENT_WORKSPACE', place });
  if (value !== ofProject || project === undefined) return { name: value, from, problems: [] };
  if ('problem' in project)
    return { name: value, from, problems: [`GOAL_AGENT_WORKSPACE is "${value}", and ${project.problem}`] };
  return { name: project.name, from: `${from} is ${ofProject}: ${project.from}`, problems: [] };
}

function foreign({ driverVariables = [] }: Surroundings): string[] {
  if (driverVariables.length === 0) return [];
  return [`${tellUnused(driverVariables, { values: {} })}: they belong to psql and to other programs.`];
}

/** Without this notice, a misspelt GOAL_AGENT_DATABASE_URL would silently mean the embedded database. */
function unknown({ places }: Places): string[] {
  return places.flatMap((place) => {
    const names = Object.keys(place.values).filter((name) => /^GOAL_AGENT_/.test(name) && !knownVariables.has(name));
    const told = names.length === 0 ? [] : [`${tellUnused(names, place)}: Goal Agent has no such setting.`];
    if (place.file === undefined || place.values.GOAL_AGENT_ENV === undefined) return told;
    return [...told, `${tellUnused(['GOAL_AGENT_ENV'], place)}: only the environment can name an env file.`];
  });
}
