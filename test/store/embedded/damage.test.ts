import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchForDamage } from '../../../src/store/embedded/damage.ts';

const line = (text: string) => `2026-01-01 12:00:00.000 UTC|42|${text}\n`;
const damaged = line('XX001|FATAL:  could not read file "global/pg_filenode.map": read 0 of 524');
const recovering = line('57P03|FATAL:  the database system is in recovery mode');

async function aLog(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'goal-agent-damage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = path.join(folder, 'postgres.log');
  await writeFile(log, text);
  return log;
}

test('a server that cannot read a file says so in its log, and what it said before does not count', async () => {
  const log = await aLog(damaged);
  const find = await watchForDamage(log);
  await appendFile(log, recovering);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await find()).toBeUndefined();
  await appendFile(log, damaged);
  await expect
    .poll(find, { timeout: 5_000 })
    .toEqual(new Error('could not read file "global/pg_filenode.map": read 0 of 524'));
});

test('a log that is put aside meanwhile is read from its start, and one that is missing says nothing', async () => {
  const log = await aLog(recovering.repeat(50));
  const find = await watchForDamage(log);
  await writeFile(log, damaged);
  await expect.poll(find, { timeout: 5_000 }).toBeInstanceOf(Error);
  const missing = await watchForDamage(`${log}.missing`);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await missing()).toBeUndefined();
});
