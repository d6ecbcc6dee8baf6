import { readFileSync } from 'node:fs';
import dotenv from 'dotenv';
import { GoalAgentError } from '../../domain/errors.ts';
import { absolutePath } from './paths.ts';

/** Values by variable; an empty one counts as unset and is not there. */
export type Settings = Record<string, string>;

/** The two places that can set a variable, apart, since the environment's word counts for more. */
export interface Sources {
  environment: Settings;
  file: Settings;
}

export interface Surroundings {
  /** Read, never changed. */
  env: Readonly<Record<string, string | undefined>>;
  /** The working directory: where `.env` is, and what relative paths start from. */
  cwd: string;
}

/**
 * Reads the environment and the env file: `.env` in the working directory, which may be missing, or the file that
 * GOAL_AGENT_ENV names, which may not. Throws GoalAgentError `configuration` for a file that cannot be read.
 */
export function readSources({ env, cwd }: Surroundings): Sources {
  const environment = withoutEmpty(env);
  const named = environment.GOAL_AGENT_ENV;
  const file = absolutePath(named ?? '.env', cwd);
  return { environment, file: withoutEmpty(dotenv.parse(readText(file, named))) };
}

function withoutEmpty(values: Readonly<Record<string, string | undefined>>): Settings {
  const set = Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return Object.fromEntries(set);
}

function readText(file: string, named: string | undefined): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (named === undefined && code === 'ENOENT') return '';
    const what = named === undefined ? file : `GOAL_AGENT_ENV is "${named}": the file ${file}`;
    throw new GoalAgentError(
      'configuration',
      `${what} cannot be read (${code}); allowed: a readable file of NAME=value lines`,
    );
  }
}
