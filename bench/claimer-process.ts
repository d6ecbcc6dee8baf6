import { setTimeout as sleep } from 'node:timers/promises';
import { aClaimer } from './claimer.ts';

// One claimer in a process of its own, as every client's server is one: it says when it is ready, claims so many tasks, one
// at a random moment of each period, and tells how long each claim took.

const { connection, agent, claims, periodMs } = JSON.parse(process.argv[2] ?? '{}');
const claimer = await aClaimer(connection, agent);
for (let n = 0; n < 5; n += 1) await claimer.claim();
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));
const start = performance.now();
const times: number[] = [];
for (let n = 0; n < claims; n += 1) {
  await sleep(Math.max(0, start + (n + Math.random()) * periodMs - performance.now()));
  times.push(await claimer.claim());
}
await new Promise((resolve) => process.send?.(times, undefined, undefined, resolve));
await claimer.end();
process.disconnect?.();
