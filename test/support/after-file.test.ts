import { expect, it } from 'vitest';
import { afterFile, cleanUp } from './after-file.ts';

it('what a test makes is ended after the file, the last first, once', async () => {
  const ended: number[] = [];
  for (const n of [1, 2, 3]) afterFile(() => ended.push(n));
  await cleanUp();
  await cleanUp();
  expect(ended).toEqual([3, 2, 1]);
});
