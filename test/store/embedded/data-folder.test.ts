import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markDirectory, rememberFolder } from '../../../src/store/embedded/data-folder.ts';
import { aMachine } from './support/machine.ts';

const machine = aMachine();

/** As much of a data directory as is looked at. */
async function aDataDirectory(): Promise<string> {
  const directory = await machine.folder();
  for (const name of ['pg_wal', 'global']) await mkdir(join(directory, name));
  await writeFile(join(directory, 'global', 'pg_control'), '');
  return directory;
}

test('a directory keeps its mark, and one whose mark is another’s, empty or gone gets one of its own', async () => {
  const [original, copy] = [await aDataDirectory(), await aDataDirectory()];
  const mark = await markDirectory(original);
  expect(await markDirectory(original)).toBe(mark);
  await writeFile(join(copy, 'goal_agent.identity'), `${mark}\n1:1\n`);
  expect(await markDirectory(copy)).not.toBe(mark);
  await writeFile(join(copy, 'goal_agent.identity'), '');
  expect(await markDirectory(copy)).toMatch(/^[0-9a-f-]{36}$/);
});

test('a directory that an older Goal Agent had started is known by the first mark that it gets', async () => {
  const directory = await aDataDirectory();
  const folder = await rememberFolder(directory);
  await folder.checkMark();
  await markDirectory(directory);
  await folder.checkMark();
  await rm(join(directory, 'goal_agent.identity'));
  await markDirectory(directory);
  await expect(folder.checkMark()).rejects.toThrow('was deleted, moved or replaced');
});
