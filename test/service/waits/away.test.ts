import { expect, it } from 'vitest';
import { claimTasks } from '../../../src/tools/claim-tasks.ts';
import { aGoal, someTasks } from '../../support/builders.ts';
import { aCall, aStore } from '../../support/database.ts';
import { anAddressThatMoves } from '../../support/moved-address.ts';
import { freePort } from '../../support/server-postgres.ts';
import { activity, ask, untilStill } from './support.ts';

const { call, sql, connection } = await aCall();
const database = { ...connection, host: String(connection.host), port: Number(connection.port) };
const patient = { timeout: 30_000, interval: 50 };
const listening = async () => (await activity(sql)).listening;

it('a wait goes on when the database was away, and says that it is where its time ends meanwhile', {
  timeout: 90_000,
}, async () => {
  const way = await anAddressThatMoves(database);
  const store = await aStore({ ...connection, host: way.host, port: way.port });
  const here = { store, actor: 'here' };
  const waiting = ask(claimTasks, here, { wait_seconds: 80 });
  const short = ask(claimTasks, here, { wait_seconds: 4 });
  const ended = expect(short).rejects.toMatchObject({ code: 'unavailable' });
  await untilStill(sql, 1);
  way.moveTo({ host: '127.0.0.1', port: await freePort() }, { cut: true });
  await expect.poll(listening, patient).toBe(0);
  const [task] = await someTasks(call, await aGoal(call), 1);
  await ended;
  way.moveTo(database);
  expect(await waiting).toMatchObject({ tasks: [{ id: task, claimed_by: 'here' }] });
  await expect.poll(listening, patient).toBe(0);
});
