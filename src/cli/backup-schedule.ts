import { access, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../domain/errors.ts';
import { withValues } from '../machine/env-lines.ts';
import type { ServiceRecord } from '../machine/service/record.ts';
import { readTextFile, writeTextFile } from '../machine/setup/text-file.ts';
import type { Actions } from './actions.ts';
import { type Every, secondsOf } from './every.ts';
import { look, print, printJson } from './render/output.ts';
import { shortPath } from './setup/show-change.ts';

export interface ScheduleOptions {
  every: Every;
  keep?: number;
  directory?: string;
  json: boolean;
}

const names = ['GOAL_AGENT_BACKUP_DIR', 'GOAL_AGENT_BACKUP_EVERY', 'GOAL_AGENT_BACKUP_KEEP'] as const;
const usualKeep = 7;
const longestPath = 1_000;

/** Sets the schedule of the service's backups in the settings of this home, and lets a service that runs go by it. */
export async function scheduleBackups(actions: Actions, options: ScheduleOptions): Promise<void> {
  const { home, cwd } = actions.machine();
  const { every, keep = usualKeep, directory } = options;
  const wanted =
    every === 'off' || directory === undefined ? undefined : { directory: path.resolve(cwd, directory), every, keep };
  const file = path.join(home, '.env');
  await refuseOtherPlaces(actions, file);
  if (wanted !== undefined) await prepareFolder(wanted.directory);
  const found = await readTextFile(file);
  const values = [wanted?.directory, wanted?.every, wanted && String(wanted.keep)];
  const after = withValues(found.text ?? '', Object.fromEntries(names.map((name, n) => [name, values[n]])));
  const change = { before: linesOf(found.text ?? ''), after: linesOf(after) };
  const isNew = after !== (found.text ?? '');
  if (isNew) {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeTextFile(found, after, 0o600);
  }
  const service = await tellService(actions, wanted);
  const seconds = wanted && secondsOf(wanted.every);
  if (options.json) {
    const schedule = wanted && { directory: wanted.directory, every_seconds: seconds, keep: wanted.keep };
    printJson({ schedule: schedule ?? null, file, changed: isNew, service_told: service !== undefined });
    return;
  }
  if (isNew) showChange(file, change);
  else print(`${shortPath(file)} says so already.`);
  sayWhatFollows(wanted, service);
}

interface Wanted {
  directory: string;
  every: Every;
  keep: number;
}

/** A setting elsewhere would count in place of the one that is written. */
async function refuseOtherPlaces(actions: Actions, file: string): Promise<void> {
  const { settings } = await actions.showSettings();
  const other = settings.find(
    ({ name, from }) => names.some((each) => each === name) && !['default', file].includes(from),
  );
  if (other === undefined) return;
  const where = other.from === 'environment' ? 'the environment' : other.from;
  throw new GoalAgentError(
    'conflict',
    `${other.name} is set in ${where}, which counts before ${file}. Nothing was changed; take it out there, and try again.`,
  );
}

async function prepareFolder(directory: string): Promise<void> {
  if (directory.length > longestPath)
    throw new GoalAgentError('invalid', `A path has ${longestPath} characters at most.`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (!(await stat(directory)).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
    await access(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new GoalAgentError(
      'configuration',
      `No backup can be written to ${directory} (${code}). Nothing was changed.`,
    );
  }
}

/** Undefined where none runs; an error where it goes by something else. */
async function tellService(actions: Actions, wanted: Wanted | undefined): Promise<ServiceRecord | undefined> {
  const { findService } = await import('../machine/service/record.ts');
  const machine = actions.machine();
  const service = await findService(machine.home);
  if (service === undefined) return undefined;
  const { askToReloadBackups } = await import('../machine/service/ask.ts');
  const used = await askToReloadBackups(machine, service);
  const isUsed =
    wanted === undefined
      ? used?.schedule === null
      : used?.schedule?.directory === wanted.directory &&
        used.schedule.every_seconds === secondsOf(wanted.every) &&
        used.schedule.keep === wanted.keep;
  if (isUsed) return service;
  throw new GoalAgentError(
    'conflict',
    `The settings are written, but the service that runs (process ${service.pid}) does not go by them: ${used?.problem ?? 'it was started with other ones'}. Restart it without these variables: goal-agent restart`,
  );
}

/** The lines of the schedule. The other lines are not shown: they may hold a password. */
function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => names.some((name) => line.includes(name)));
}

function showChange(file: string, { before, after }: { before: string[]; after: string[] }): void {
  const { colours } = look();
  print(colours.strong(shortPath(file)));
  for (const line of before.filter((each) => !after.includes(each))) print(colours.bad(`  - ${line}`));
  for (const line of after.filter((each) => !before.includes(each))) print(colours.good(`  + ${line}`));
}

function sayWhatFollows(wanted: Wanted | undefined, service: ServiceRecord | undefined): void {
  if (wanted === undefined) {
    print('The service makes no backups by itself any more. Those that are there stay.');
    return;
  }
  const { every, keep, directory } = wanted;
  const what = `a backup in ${shortPath(directory)} every ${every}, and keeps the newest ${keep}`;
  print(service === undefined ? `The service makes ${what}.` : `The service that runs makes ${what}, from now on.`);
  if (service === undefined) {
    print('It does not run now:  goal-agent start, or goal-agent service install for each login');
  }
  print('To turn it off:  goal-agent backup --every off');
}
