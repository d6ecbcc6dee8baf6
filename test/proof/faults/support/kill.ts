import { findPidFile } from '../../../../src/store/embedded/pid-file.ts';
import { findPlace } from '../../../../src/store/embedded/place.ts';
import { isRunning } from '../../../../src/store/embedded/process.ts';

/** A signal to a process that may have ended before. */
export function signal(pid: number | undefined, how: NodeJS.Signals): void {
  try {
    if (pid !== undefined && pid > 0) process.kill(pid, how);
  } catch {} // it ended before
}

/** The postmaster of a home's private PostgreSQL. Undefined while there is none, between two of them. */
export async function postmasterOf(home: string): Promise<number | undefined> {
  const place = await findPlace(home);
  const pid = place && (await findPidFile(place.dataDirectory))?.pid;
  return pid !== undefined && isRunning(pid) ? pid : undefined;
}

/** The processes that work for clients of Goal Agent, for pg's `query`. */
export const clientBackends = `
  select pid from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name = 'goal-agent'`;
