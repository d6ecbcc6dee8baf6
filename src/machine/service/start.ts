import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../../domain/errors.ts';
import { makePrivate } from '../../store/embedded/account.ts';
import { type StartLock, tryStartLock } from '../../store/embedded/start-lock.ts';
import type { Machine } from '../machine.ts';
import { askReadiness } from './ask.ts';
import { findService, type ServiceRecord, serviceFolder } from './record.ts';

/** A first start creates a database, which takes half a minute on a slow machine. */
const readyMs = 120_000;
const listeningMs = 60_000;
const lookMs = 100;
/** A database that fails so often in a row does not become ready by waiting. */
const mostFailures = 10;

export interface Started {
  service: ServiceRecord;
  /** Whether it ran before. */
  isOld: boolean;
  /** Why its database cannot be used; undefined when it can. */
  problem: string | undefined;
}

/**
 * Starts the service in the background, unless it runs, and waits until it answers. Of several starts at once one starts.
 *
 * @throws GoalAgentError `configuration` where the service ends at once, with what it said; `unavailable` where it does not listen.
 */
export async function startService(machine: Machine, options: string[]): Promise<Started> {
  const { home } = machine;
  await makePrivate(home, home);
  await makePrivate(serviceFolder(home), home);
  const lock = await startLock(home);
  const { service, isOld } = await startOnce(machine, options).finally(() => lock.release());
  return { service, isOld, problem: await untilReady(service) };
}

async function startOnce(machine: Machine, options: string[]): Promise<Omit<Started, 'problem'>> {
  const running = await findService(machine.home);
  if (running !== undefined) return { service: running, isOld: true };
  return { service: await launch(machine, options), isOld: false };
}

async function startLock(home: string): Promise<StartLock> {
  const end = Date.now() + listeningMs;
  for (;;) {
    const lock = await tryStartLock(serviceFolder(home));
    if (lock !== undefined) return lock;
    if (Date.now() > end) {
      throw new GoalAgentError('unavailable', 'Another start of the service is at work. Try again in a minute.');
    }
    await sleep(lookMs);
  }
}

/** The service outlives this process and its terminal; only what it says until it listens goes to a file of its own. */
async function launch({ home, program, cwd }: Machine, options: string[]): Promise<ServiceRecord> {
  const logs = path.join(home, 'logs');
  await makePrivate(logs, home);
  const saidFile = path.join(logs, 'service-start.log');
  const said = openSync(saidFile, 'w', 0o600);
  const child = spawn(process.execPath, [program, 'serve', '--background', ...options], {
    cwd,
    detached: true,
    stdio: ['ignore', 'ignore', said],
    windowsHide: true,
  });
  closeSync(said);
  child.unref();
  return untilListening(child, { home, saidFile });
}

async function untilListening(
  child: ChildProcess,
  { home, saidFile }: { home: string; saidFile: string },
): Promise<ServiceRecord> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const end = Date.now() + listeningMs; Date.now() < end; await sleep(lookMs)) {
    const service = await findService(home);
    if (service !== undefined) {
      // one that a person started in the foreground was faster
      if (service.pid !== child.pid) child.kill();
      return service;
    }
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
      const text = failure?.message ?? (readFileSync(saidFile, 'utf8').trim() || `it ended with ${child.exitCode}`);
      throw new GoalAgentError('configuration', `The service did not start. ${text.replace(/^error: /, '')}`);
    }
  }
  child.kill('SIGKILL');
  throw new GoalAgentError(
    'unavailable',
    `The service did not listen within ${listeningMs / 1000} seconds and was ended. Its log in ${path.dirname(saidFile)} may say why.`,
  );
}

/** Gives back the reason where the database cannot be used. */
async function untilReady(service: ServiceRecord): Promise<string | undefined> {
  let reason = 'It does not answer at its address.';
  let failures = 0;
  for (const end = Date.now() + readyMs; Date.now() < end && failures < mostFailures; await sleep(2 * lookMs)) {
    const readiness = await askReadiness(service);
    if (readiness !== 'unreachable') {
      if (readiness.ready) return undefined;
      reason = readiness.reason ?? 'The database does not answer.';
      if (readiness.is_starting) continue;
    }
    failures += 1;
  }
  return reason;
}
