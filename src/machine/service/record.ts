import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { makePrivate } from '../../store/embedded/account.ts';
import { processSpace } from '../../store/embedded/process.ts';
import { replaceFile } from '../../store/embedded/replace-file.ts';
import { unless } from '../../store/embedded/trouble.ts';
import { processBirth } from '../process-birth.ts';

/** What a running service says about itself in `service/service.json` of its home. */
const ServiceRecord = z.object({
  pid: z.int().positive(),
  /** The start of the process, as this machine tells it: with the number it names one process. */
  born: z.string().min(1),
  /** What the number is relative to: another boot or container counts its processes anew. */
  space: z.string(),
  host: z.string().min(1),
  port: z.int().positive(),
  started_at: z.iso.datetime(),
  version: z.string(),
  /** The options of `goal-agent serve`, for a restart. */
  options: z.array(z.string()),
});
export type ServiceRecord = z.infer<typeof ServiceRecord>;

/** The folder of the record, and of the lock that a start holds. */
export function serviceFolder(home: string): string {
  return path.join(home, 'service');
}

function recordFile(home: string): string {
  return path.join(serviceFolder(home), 'service.json');
}

/** The service that runs for this home; undefined where none does, whatever a killed one has left. */
export async function findService(home: string): Promise<ServiceRecord | undefined> {
  const record = await readRecord(home);
  return record !== undefined && (await isAlive(record)) ? record : undefined;
}

/** Whether the recorded process runs, and not another one that has got its number. */
export async function isAlive({ pid, born, space }: ServiceRecord): Promise<boolean> {
  return space === (await processSpace()) && born === (await processBirth(pid));
}

/** Says where this process serves. The first of several services of one home is the one that commands mean. */
export async function recordService(
  home: string,
  service: Pick<ServiceRecord, 'host' | 'port' | 'version' | 'options'>,
): Promise<void> {
  if ((await findService(home)) !== undefined) return;
  const born = await processBirth(process.pid);
  // a process that cannot be told from another one must never be stopped by its number
  if (born === undefined) return;
  const space = await processSpace();
  const record: ServiceRecord = { pid: process.pid, born, space, ...service, started_at: new Date().toISOString() };
  await makePrivate(serviceFolder(home), home);
  await replaceFile(recordFile(home), `${JSON.stringify(record, null, 2)}\n`);
}

/** Takes the record of this process away. */
export async function forgetService(home: string): Promise<void> {
  const record = await readRecord(home);
  if (record?.pid === process.pid && (await isAlive(record))) await rm(recordFile(home), { force: true });
}

async function readRecord(home: string): Promise<ServiceRecord | undefined> {
  const text = await readFile(recordFile(home), 'utf8').catch(unless('ENOENT', 'ENOTDIR'));
  if (text === undefined) return undefined;
  try {
    return ServiceRecord.parse(JSON.parse(text));
  } catch {
    // half a record, or none of ours, names no process
    return undefined;
  }
}
