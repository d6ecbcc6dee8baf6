import { GoalAgentError } from '../domain/errors.ts';
import { type CacheConfig, chooseCache } from './config/cache.ts';
import { clientEnv } from './config/client-env.ts';
import { chooseDatabase, type DatabaseConfig } from './config/database.ts';
import { parseFrom } from './config/parse.ts';
import { absolutePath, dataDirectory } from './config/paths.ts';
import { tellUnused } from './config/place.ts';
import { findPlaces, type Places, type Surroundings } from './config/places.ts';
import { knownVariables, type PlainSettings, plainVariables } from './config/variables.ts';

/** The settings that belong to no server. Paths are absolute. */
export interface PlainConfig {
  pool: { size: number; maxOverflow: number };
  /** Named prepared statements; off behind a pooler that cannot keep them. */
  prepared: boolean;
  /** For one statement. */
  timeoutMs: number;
  /** Statements that a batch may run at once. */
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
  };
  /** Named by a setting, or where v2 kept its files below the working directory, which may be anybody's. */
  v2Directory: { path: string; isNamed: boolean };
  toolsets: string[];
  readOnly: boolean;
}

/** Everything that can be set, parsed and with its defaults. Holds passwords: do not log it. */
export interface Config extends PlainConfig {
  database: DatabaseConfig;
  cache: CacheConfig;
  told: Told;
}

/** What there is to say of the settings: where they come from, and what is not one. No values but those of paths. */
export interface Told {
  /** The variable that decides, and where it is. */
  databaseFrom: string;
  cacheFrom: string;
  /** The `.env` of the working directory, where a command takes settings from it. */
  beside: string | undefined;
  /** About env files: what was passed over, and what others may read. */
  files: string[];
  /** What was seen and is not used, and why. */
  notices: string[];
  /** What a client's `env` block has to say for its server to have these settings; secrets are left out. */
  clientEnv: Record<string, string>;
}

/** Settings of which some are wrong: the plain ones that are not, and no database to open. */
export interface Refused extends PlainConfig {
  /** A sentence for each wrong variable: the file it is in, its value (secrets hidden), and what is allowed. */
  problems: string[];
  told: Told;
}

export type Settings = { config: Config; refused?: never } | { config?: never; refused: Refused };

/** Reads the settings from the environment, the env files, and the defaults (docs/configuration.md). Changes nothing. */
export function readSettings(surroundings: Surroundings): Settings {
  return settingsOf(findPlaces(surroundings), surroundings);
}

/** The same for those who cannot go on with wrong settings: throws one GoalAgentError `configuration` with a line for each. */
export function readConfig(surroundings: Surroundings): Config {
  const { config, refused } = readSettings(surroundings);
  if (config !== undefined) return config;
  throw new GoalAgentError('configuration', refused.problems.join('\n'));
}

/** What the places make together. Everything is in its arguments: nothing is read here. */
export function settingsOf(found: Places, surroundings: Surroundings): Settings {
  const { places } = found;
  const { values, problems, used } = parseFrom(plainVariables, places);
  const database = chooseDatabase(places, values.GOAL_AGENT_DATABASE, surroundings.cwd);
  const cache = chooseCache(places, values);
  const plain = plainSettings(values, surroundings);
  const notices = [
    ...found.notices,
    ...database.notices,
    ...cache.notices,
    ...foreign(surroundings),
    ...unknown(found),
  ];
  const told: Told = {
    databaseFrom: database.from,
    cacheFrom: cache.from,
    beside: found.isBeside ? found.envFile : undefined,
    files: found.files,
    notices,
    clientEnv: clientEnv([...used, ...database.used, ...cache.used], found.envFile, surroundings.cwd),
  };
  const wrong = [...found.problems, ...database.problems, ...cache.problems, ...problems];
  if (wrong.length > 0) return { refused: { ...plain, told, problems: wrong } };
  return { config: { ...plain, database: database.value, cache: cache.value, told } };
}

function plainSettings(values: PlainSettings, { env, cwd }: Surroundings): PlainConfig {
  return {
    pool: { size: values.POSTGRES_POOL_SIZE, maxOverflow: values.POSTGRES_MAX_OVERFLOW },
    prepared: values.POSTGRES_PREPARED,
    timeoutMs: Math.round(values.GOAL_AGENT_TIMEOUT * 1000),
    maxWorkers: values.GOAL_AGENT_MAX_WORKERS,
    home: values.GOAL_AGENT_HOME === undefined ? dataDirectory(env) : absolutePath(values.GOAL_AGENT_HOME, cwd),
    workspace: values.GOAL_AGENT_WORKSPACE,
    actor: values.GOAL_AGENT_NAME,
    http: {
      host: values.GOAL_AGENT_HOST,
      port: values.GOAL_AGENT_PORT,
      publicUrl: values.GOAL_AGENT_PUBLIC_URL,
      requestsAMinute: values.GOAL_AGENT_RATE_LIMIT,
    },
    v2Directory: {
      path: absolutePath(values.GOAL_AGENT_V2_DIR ?? 'data/goals', cwd),
      isNamed: values.GOAL_AGENT_V2_DIR !== undefined,
    },
    toolsets: values.GOAL_AGENT_TOOLSETS,
    readOnly: values.GOAL_AGENT_READ_ONLY,
  };
}

function foreign({ driverVariables = [] }: Surroundings): string[] {
  if (driverVariables.length === 0) return [];
  return [`${tellUnused(driverVariables, { values: {} })}: they are those of psql and of other programs.`];
}

/** A misspelt GOAL_AGENT_DATABASE_URL would mean the embedded database, without a word. */
function unknown({ places }: Places): string[] {
  return places.flatMap((place) => {
    const names = Object.keys(place.values).filter((name) => /^GOAL_AGENT_/.test(name) && !knownVariables.has(name));
    const told = names.length === 0 ? [] : [`${tellUnused(names, place)}: Goal Agent has no such setting.`];
    if (place.file === undefined || place.values.GOAL_AGENT_ENV === undefined) return told;
    return [...told, `${tellUnused(['GOAL_AGENT_ENV'], place)}: only the environment can name an env file.`];
  });
}
