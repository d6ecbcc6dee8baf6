import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../../domain/errors.ts';
import { codeOf } from '../../store/embedded/trouble.ts';
import { findService, isAlive, type ServiceRecord } from './record.ts';

/** The service lets requests finish for ten seconds, and the embedded database writes everything. */
const usualGraceMs = 20_000;
const lastMs = 10_000;
const lookMs = 100;

export interface Stopped {
  service: ServiceRecord;
  /** Whether it ended by itself when it was asked. */
  wasGraceful: boolean;
}

/**
 * Asks the service to stop, and ends it where it does not. A stranger that has got the number of a service that is gone
 * gets no signal: the start of the process is compared each time. Undefined where no service runs.
 *
 * @throws GoalAgentError `forbidden` where the service is another user's, `unavailable` where it cannot be ended.
 */
export async function stopService(home: string, { graceMs = usualGraceMs } = {}): Promise<Stopped | undefined> {
  const service = await findService(home);
  if (service === undefined) return undefined;
  if (await endsBy(service, 'SIGTERM', graceMs)) return { service, wasGraceful: true };
  if (await endsBy(service, 'SIGKILL', lastMs)) return { service, wasGraceful: false };
  throw new GoalAgentError(
    'unavailable',
    `The service (process ${service.pid}) does not end, not even by force. Its disk may not answer; look at the machine.`,
  );
}

async function endsBy(service: ServiceRecord, signal: 'SIGTERM' | 'SIGKILL', patienceMs: number): Promise<boolean> {
  if (!(await isAlive(service))) return true;
  try {
    process.kill(service.pid, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return true;
    throw new GoalAgentError(
      'forbidden',
      `The service (process ${service.pid}) belongs to another user. Stop it as that user.`,
      { cause: error },
    );
  }
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(lookMs)) {
    if (!(await isAlive(service))) return true;
  }
  return false;
}
