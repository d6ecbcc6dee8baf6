import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { tryNumber, tryStartLock } from '../../../src/store/embedded/start-lock.ts';
import { aMachine, ORDINARY } from './support/machine.ts';

const machine = aMachine();

describe('the start lock', () => {
  test('has one holder at a time, and is free again when that one lets go', async () => {
    const [directory, a, b] = [await machine.home(), machine.client(), machine.client()];
    expect(await a.lock(directory)).toBe(true);
    expect(await b.lock(directory)).toBe(false);
    await a.unlock();
    expect(await b.lock(directory)).toBe(true);
  });

  test('of a killed process is free at once', async () => {
    const [directory, a, b] = [await machine.home(), machine.client(), machine.client()];
    expect(await a.lock(directory)).toBe(true);
    await a.kill();
    expect(await b.lock(directory)).toBe(true);
  });

  test('of a dead process is free although another process has its number now', async () => {
    const directory = await machine.home();
    await aLockFile(directory, (holder) => ({ ...holder, born: '1' }));
    expect(await tryStartLock(directory)).toBeDefined();
  });

  test('of a process in another container is believed for a minute', async () => {
    const directory = await machine.home();
    const file = await aLockFile(directory, (holder) => ({ ...holder, space: 'elsewhere' }));
    expect(await tryStartLock(directory)).toBeUndefined();
    const longAgo = Date.now() / 1000 - 61;
    await utimes(file, longAgo, longAgo);
    expect(await tryStartLock(directory)).toBeDefined();
  });

  test('is not given to a process so slow that its number was used and swept', async () => {
    const directory = await machine.home();
    await writeFile(join(directory, 'start-lock.30'), '');
    expect(await tryNumber(directory, 5)).toBeUndefined();
    expect(await tryNumber(directory, 31)).toBeDefined();
  });

  test('never has two holders, however many ask, leave and are killed', async () => {
    const directory = await machine.home();
    await writeFile(join(directory, 'holders'), '');
    const worker = async (): Promise<void> => {
      let client = machine.client();
      for (let taken = 0; taken < 25; await sleep(1)) {
        if (!(await client.lock(directory))) continue;
        taken++;
        expect(await readFile(join(directory, 'holders'), 'utf8')).toBe('');
        await writeFile(join(directory, 'holders'), 'me');
        await sleep(1);
        await writeFile(join(directory, 'holders'), '');
        if (taken % 10 !== 0) await client.unlock();
        else {
          await client.kill();
          client = machine.client();
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    expect((await readdir(directory)).length).toBeLessThan(40);
  });

  test('can be read by the next user when root has had it', async () => {
    const directory = await machine.home({ owner: ORDINARY });
    const [root, other] = [machine.client(), machine.client({ account: ORDINARY })];
    expect(await root.lock(directory)).toBe(true);
    expect(await other.lock(directory)).toBe(false);
    await root.unlock();
    expect(await other.lock(directory)).toBe(true);
  });
});

/** A lock file as this process would have made it, with something changed. */
async function aLockFile(directory: string, change: (holder: object) => object): Promise<string> {
  await tryStartLock(directory);
  const file = join(directory, 'start-lock.1');
  expect(await tryStartLock(directory)).toBeUndefined();
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
  return file;
}
