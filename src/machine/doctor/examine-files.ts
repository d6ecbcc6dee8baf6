import { access, constants, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { unless } from '../../store/embedded/trouble.ts';
import { askReadiness, localUrl } from '../service/ask.ts';
import { findService } from '../service/record.ts';
import { type Finding, findingsOf } from './finding.ts';

const leastFreeBytes = 500 * 1024 * 1024;
/** Below this, the embedded database does not start, or stops at the next change. */
const fullBytes = 20 * 1024 * 1024;
/** Nobody but their owner may read these. */
const secretFiles = ['local-token', '.env'];

/** Looks at the home folder: rights, secrets that others may read, room on the disk. */
export async function examineFiles(home: string): Promise<Finding[]> {
  const { findings, ok, warning, error } = findingsOf('files');
  const folder = await stat(home).catch(unless('ENOENT'));
  if (folder === undefined) {
    ok(`${home} is not there yet; the first start makes it.`);
    return findings;
  }
  const mayWrite = await access(home, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!folder.isDirectory()) error(`${home} is no folder.`, 'Move it away, or set GOAL_AGENT_HOME to a folder.');
  else if (!mayWrite)
    error(`This user may not write in ${home}.`, `Run as its owner, or set GOAL_AGENT_HOME to a folder of your own.`);
  else ok(`${home} can be written.`);
  for (const name of secretFiles) {
    const file = path.join(home, name);
    const found = await stat(file).catch(unless('ENOENT', 'ENOTDIR', 'EACCES'));
    if (found !== undefined && process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      warning(`${file} may be read by other users, and may hold a secret.`, `Run: chmod 600 ${file}`);
    }
  }
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  const megabytes = Math.round(free / 1024 / 1024);
  const shown = `${megabytes} MB are free on the disk of ${home}.`;
  if (free < fullBytes)
    error(
      `The disk of ${home} is full (${megabytes} MB are free): nothing more can be saved there.`,
      'Make room; what was acknowledged is not lost.',
    );
  else if (free < leastFreeBytes) warning(`${shown} A full disk stops every change.`, 'Make room.');
  else ok(shown);
  return findings;
}

/** Looks at the service in the background. That none runs is no fault: clients start servers of their own. */
export async function examineService(home: string): Promise<Finding[]> {
  const { findings, ok, error } = findingsOf('service');
  const service = await findService(home);
  if (service === undefined) {
    ok('No service runs in the background.');
    return findings;
  }
  const url = localUrl(service);
  const readiness = await askReadiness(service);
  if (readiness === 'unreachable')
    error(`The service (process ${service.pid}) does not answer at ${url}.`, 'Run: goal-agent restart');
  else if (readiness.ready) ok(`The service runs at ${url} (process ${service.pid}, version ${service.version}).`);
  else
    error(
      `The service at ${url} cannot use its database: ${readiness.reason ?? 'it does not say why'}`,
      'The database findings say more; goal-agent logs too.',
    );
  return findings;
}
