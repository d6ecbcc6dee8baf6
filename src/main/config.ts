import { GoalAgentError } from '../domain/errors.ts';
import { type CacheConfig, chooseCache } from './config/cache.ts';
import { chooseDatabase, type DatabaseConfig, serverVariables } from './config/database.ts';
import { readSources, type Settings, type Sources, type Surroundings } from './config/environment.ts';
import { absolutePath, dataDirectory } from './config/paths.ts';
import { type Variables, variables } from './config/variables.ts';

/** Everything that can be set, parsed and with its defaults. Holds passwords: do not log it. Paths are absolute. */
export interface Config {
  database: DatabaseConfig;
  pool: { size: number; maxOverflow: number };
  /** Named prepared statements; off behind a pooler that cannot keep them. */
  prepared: boolean;
  /** For one statement. */
  timeoutMs: number;
  /** Statements that a batch may run at once. */
  maxWorkers: number;
  cache: CacheConfig;
  home: string;
  workspace: string;
  /** The actor in history and claims; undefined for the client's own name and a suffix. */
  actor: string | undefined;
  http: { host: string; port: number };
  v2Directory: string;
  toolsets: string[];
  readOnly: boolean;
  /** Settings that were ignored, a sentence each, for the log. */
  warnings: string[];
}

/**
 * The settings from the environment, then the env file, then the defaults (docs/configuration.md). Changes nothing.
 * Throws one GoalAgentError `configuration` that has a line for each wrong variable: its value (secrets hidden) and what is allowed.
 */
export function readConfig(surroundings: Surroundings): Config {
  const sources = readSources(surroundings);
  const { settings, warnings } = merge(sources);
  const { values, problems } = parse(settings);
  const database = chooseDatabase(values, surroundings.cwd);
  const cache = chooseCache(values);
  problems.push(...database.problems);
  if (problems.length > 0) throw new GoalAgentError('configuration', problems.join('\n'));
  return {
    database: database.value,
    cache: cache.value,
    ...plainSettings(values, surroundings),
    warnings: [...warnings, ...database.warnings, ...cache.warnings],
  };
}

function plainSettings(values: Variables, { env, cwd }: Surroundings) {
  return {
    pool: { size: values.POSTGRES_POOL_SIZE, maxOverflow: values.POSTGRES_MAX_OVERFLOW },
    prepared: values.POSTGRES_PREPARED,
    timeoutMs: Math.round(values.GOAL_AGENT_TIMEOUT * 1000),
    maxWorkers: values.GOAL_AGENT_MAX_WORKERS,
    home: values.GOAL_AGENT_HOME === undefined ? dataDirectory(env) : absolutePath(values.GOAL_AGENT_HOME, cwd),
    workspace: values.GOAL_AGENT_WORKSPACE,
    actor: values.GOAL_AGENT_NAME,
    http: { host: values.GOAL_AGENT_HOST, port: values.GOAL_AGENT_PORT },
    v2Directory: absolutePath(values.GOAL_AGENT_V2_DIR, cwd),
    toolsets: values.GOAL_AGENT_TOOLSETS,
    readOnly: values.GOAL_AGENT_READ_ONLY,
  };
}

/**
 * The environment goes before the file for the choice of the database too: a working directory often is somebody's project,
 * whose `.env` has a DATABASE_URL of its own, which must not beat POSTGRES_HOST in the environment.
 */
function merge({ environment, file }: Sources): { settings: Settings; warnings: string[] } {
  const settings = { ...file, ...environment };
  const servers = serverVariables.filter((name) => environment[name] !== undefined);
  if (file.DATABASE_URL === undefined || environment.DATABASE_URL !== undefined || servers.length === 0) {
    return { settings, warnings: [] };
  }
  delete settings.DATABASE_URL;
  return {
    settings,
    warnings: [`The env file's DATABASE_URL is ignored: the environment sets ${servers.join(', ')}.`],
  };
}

/** With wrong variables, the values are those of the others, so that these can be judged too. */
function parse(settings: Settings): { values: Variables; problems: string[] } {
  const parsed = variables.safeParse(settings);
  if (parsed.success) return { values: parsed.data, problems: [] };
  const { issues } = parsed.error;
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  const rest = Object.fromEntries(Object.entries(settings).filter(([name]) => !wrong.has(name)));
  return {
    values: variables.parse(rest),
    problems: issues.map((issue) => `${String(issue.path[0])} ${issue.message}`),
  };
}
