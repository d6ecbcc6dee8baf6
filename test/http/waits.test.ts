import type { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { activity } from '../service/waits/support.ts';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { aRawServer, aServerForTest, eras } from '../support/server-process.ts';
import { aService } from '../support/service-process.ts';

const database = await aDatabase();
const sql = await aClient(database);
const patient = { timeout: 30_000, interval: 50 };
const waiting = { wait_seconds: 120 };
const empty = { tasks: [], reason: 'Nothing is open.' };

const service = await aService({ database });
const { request } = service;
const { body: goal } = await request('POST', '/api/v1/goals', { body: { description: 'Waited for' } });
const aTask = async (): Promise<string> => {
  const subtasks = [{ description: 'a step' }];
  return (await request('POST', `/api/v1/goals/${goal.id}/tasks`, { body: { subtasks } })).body.tasks[0].id;
};
const finish = (id: string) => sql.query(`delete from tasks where id = $1`, [id]);
const untilListening = (processes: number) =>
  expect.poll(async () => (await activity(sql)).listening, patient).toBe(processes);
const claims = async () => (await sql.query('select task_id from claims')).rows;

/** A claim that waits, as a client makes it that asks to be told of progress; and how often it was. */
function claimThrough(client: Client, signal?: AbortSignal) {
  let told = 0;
  const onprogress = () => {
    told += 1;
  };
  const options = { onprogress, resetTimeoutOnProgress: true, timeout: 60_000, ...(signal && { signal }) };
  const answer = client.callTool({ name: 'claim_tasks', arguments: waiting }, options);
  return { answer, told: () => told };
}

test('callers of every face wait, are told that they do, and get what there is; who goes away gets nothing', {
  timeout: 90_000,
}, async () => {
  const clients = [
    ...(await Promise.all(eras.map((era) => service.mcpClient(era)))),
    ...(await Promise.all(eras.map(async (era) => (await aServerForTest({ database, era })).client))),
  ];
  for (const client of clients) {
    const { answer, told } = claimThrough(client);
    await expect.poll(told, patient).toBeGreaterThan(0);
    const id = await aTask();
    expect((await answer).structuredContent).toMatchObject({ tasks: [{ id }] });
    await finish(id);
    const gone = new AbortController();
    const left = claimThrough(client, gone.signal);
    await untilListening(1);
    gone.abort();
    await expect(left.answer).rejects.toThrow();
    await untilListening(0);
  }
  const gone = new AbortController();
  const left = request('POST', '/api/v1/claims', { body: waiting, signal: gone.signal });
  await untilListening(1);
  gone.abort();
  await expect(left).rejects.toThrow();
  await untilListening(0);
  const stayed = request('POST', '/api/v1/claims', { body: waiting });
  await untilListening(1);
  expect(await claims()).toEqual([]);
  const id = await aTask();
  expect(await stayed).toMatchObject({ status: 200, body: { tasks: [{ id }] } });
  await finish(id);
});

test('a process that stops answers those who wait, with nothing', { timeout: 60_000 }, async () => {
  const stdio = aRawServer({ database });
  await stdio.initialize();
  const overPipe = stdio.call('claim_tasks', waiting);
  await untilListening(1);
  const overRest = request('POST', '/api/v1/claims', { body: waiting });
  const overMcp = claimThrough(await service.mcpClient('modern')).answer;
  await untilListening(2);
  stdio.endInput();
  expect((await overPipe).answer).toMatchObject(empty);
  expect(await stdio.exited).toMatchObject({ code: 0 });
  service.kill('SIGTERM');
  expect((await overRest).body).toMatchObject(empty);
  expect((await overMcp).structuredContent).toMatchObject(empty);
  expect(await service.exited).toMatchObject({ code: 0 });
  expect(await claims()).toEqual([]);
});
