import { existsSync } from 'node:fs';
import path from 'node:path';
import { type EnvFile, readEnvFile } from './env-file.ts';
import { absolutePath, dataDirectory, unwritten } from './paths.ts';
import { firstThatSets, type Place, withoutEmpty } from './place.ts';
import { ofProject, type ProjectWorkspace, projectWorkspace } from './project/project.ts';
import { shown } from './shown.ts';

export interface Surroundings {
  /** Read, never changed. */
  env: Readonly<Record<string, string | undefined>>;
  /** The working directory, in which relative paths start and a command's own `.env` is. */
  cwd: string;
  /**
   * A client starts a server in other people's projects, so a server reads no file that its user did not name.
   * A command was typed by a person who knows where it is.
   */
  reader: 'server' | 'command';
  /** The names of variables that were taken out of `env` because they are the driver's. */
  driverVariables?: readonly string[];
}

/** The places that settings may come from (the first that sets a variable counts), and the notices about them. */
export interface Places {
  places: Place[];
  /** The file that GOAL_AGENT_ENV names, or that stands in its place. */
  envFile: string | undefined;
  /** Whether that file is the `.env` of the working directory, which nobody named. */
  isBeside: boolean;
  problems: string[];
  /** Problems of files that nobody named: passed over, or open to others. */
  files: string[];
  /** Notices about files that are not used. */
  notices: string[];
  /** The workspace of the project, where a place asks for it. */
  project?: ProjectWorkspace;
}

/**
 * The environment; then the file that GOAL_AGENT_ENV names, or, for a command without it, the `.env` of the working
 * directory, if that is ours; then the `.env` of GOAL_AGENT_HOME.
 */
export function findPlaces(surroundings: Surroundings): Places {
  const { env, cwd } = surroundings;
  const environment: Place = { values: withoutEmpty(env) };
  const found: Places = {
    places: [environment],
    envFile: undefined,
    isBeside: false,
    problems: [],
    files: [],
    notices: [],
  };
  const named = environment.values.GOAL_AGENT_ENV?.trim();
  const beside = path.join(cwd, '.env');
  if (named !== undefined) addNamed(named, cwd, found);
  else if (beside !== homeFile(surroundings, found)) lookBeside(beside, surroundings, found);
  addHome(surroundings, found);
  const workspace = firstThatSets(found.places, 'GOAL_AGENT_WORKSPACE')?.values.GOAL_AGENT_WORKSPACE;
  if (workspace?.trim() === ofProject) found.project = projectWorkspace(cwd);
  return found;
}

function addNamed(named: string, cwd: string, found: Places): void {
  const refuse = (why: string) =>
    found.problems.push(`GOAL_AGENT_ENV is ${shown(named)}${why}; allowed: a readable file of NAME=value lines`);
  const unexpanded = unwritten(named);
  if (unexpanded !== undefined) return void refuse(`: ${unexpanded}`);
  const file = absolutePath(named, cwd);
  const read = readEnvFile(file);
  if (read === undefined) refuse(`: the file ${file} does not exist (ENOENT)`);
  else if ('trouble' in read) refuse(`: ${file} ${read.trouble}`);
  else {
    found.envFile = file;
    add(file, read, found);
  }
}

/** The `.env` of the working directory: a server only says that it is there. */
function lookBeside(file: string, { reader }: Surroundings, found: Places): void {
  if (reader === 'server') {
    if (existsSync(file)) {
      found.notices.push(
        `${file} is not read: it may be another program's. To use it, set GOAL_AGENT_ENV=${file} in the client's env block.`,
      );
    }
    return;
  }
  const read = readEnvFile(file);
  if (read === undefined) return;
  if ('trouble' in read) return void found.files.push(`${file} is passed over: it ${read.trouble}.`);
  if (!isOurs(read)) {
    found.notices.push(
      `${file} is not used: it sets no GOAL_AGENT_… variable and no POSTGRES_DB=mcp_goals, so it is another program's.`,
    );
    return;
  }
  found.envFile = file;
  found.isBeside = true;
  add(file, read, found);
}

function isOurs({ names, values }: Exclude<EnvFile, { trouble: string }>): boolean {
  return names.some((name) => name.startsWith('GOAL_AGENT_')) || values.POSTGRES_DB === 'mcp_goals';
}

/** The home folder that the places found so far name. */
function homeOf({ places }: Places): string | undefined {
  return firstThatSets(places, 'GOAL_AGENT_HOME')?.values.GOAL_AGENT_HOME?.trim();
}

function homeFile({ env, cwd }: Surroundings, found: Places): string {
  return path.join(absolutePath(homeOf(found) ?? dataDirectory(env), cwd), '.env');
}

function addHome(surroundings: Surroundings, found: Places): void {
  const set = homeOf(found);
  const home = set ?? dataDirectory(surroundings.env);
  const why = unwritten(home);
  if (why !== undefined) {
    // a home that is set is refused where it is parsed
    if (set === undefined) {
      found.problems.push(
        `GOAL_AGENT_HOME is not set, and the platform's data directory is ${shown(home)}; allowed: a path that is written out (${why})`,
      );
    }
    return;
  }
  const file = homeFile(surroundings, found);
  if (found.places.some((place) => place.file === file)) return;
  const read = readEnvFile(file);
  if (read === undefined) return;
  if ('trouble' in read) found.files.push(`${file} is passed over: it ${read.trouble}.`);
  else add(file, read, found);
}

function add(file: string, { values, notices }: Exclude<EnvFile, { trouble: string }>, found: Places): void {
  found.places.push({ file, values });
  found.files.push(...notices);
}
