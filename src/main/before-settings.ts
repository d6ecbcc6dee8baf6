import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { absolutePath, dataDirectory, unwritten } from './config/paths.ts';

// The few settings that the first answers of a start need, before the settings are read as a whole. Here too a server
// opens no `.env` of the working directory.

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

const ofTheList = ['GOAL_AGENT_TOOLSETS', 'GOAL_AGENT_READ_ONLY'];

/** The folder of the data, if the environment alone names it, with a usable path. */
export function homeOf({ env, cwd }: Surroundings): string | undefined {
  if (env.GOAL_AGENT_ENV) return undefined;
  const home = env.GOAL_AGENT_HOME || dataDirectory(env);
  return unwritten(home) === undefined ? absolutePath(home, cwd) : undefined;
}

/** Whether no setting can change the list of tools. */
export function listIsSettled({ env, cwd }: Surroundings): boolean {
  const home = homeOf({ env, cwd });
  if (home === undefined || ofTheList.some((name) => env[name])) return false;
  return saysNothing(path.join(home, '.env'));
}

/** Whether this file of settings says nothing about the list. A pipe is not read, because it would make us wait. */
function saysNothing(file: string): boolean {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return true;
    const text = stats.isFile() ? readFileSync(file, 'utf8') : '';
    return stats.isFile() && !ofTheList.some((name) => text.includes(name));
  } catch {
    return false;
  }
}
