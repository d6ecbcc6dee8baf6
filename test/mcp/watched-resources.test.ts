import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { aServer, aServerForTest, type Era, eras } from '../support/server-process.ts';

const database = await aDatabase();
const writer = await aServer({ database, clientName: 'writer' });
const sql = await aClient(database);

async function aGoal(description: string): Promise<string> {
  return String((await writer.call('create_goal', { description })).answer.id);
}

/** What a client is told of, in order; `next` waits for one more. */
function toldTo(client: Client) {
  const uris: string[] = [];
  let wake = () => {};
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    uris.push(params.uri);
    wake();
  });
  return {
    uris,
    async until(uri: string): Promise<void> {
      while (!uris.includes(uri)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

async function subscribe(client: Client, era: Era, uri: string): Promise<() => Promise<unknown>> {
  if (era === 'legacy') {
    await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri });
  }
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  return () => subscription.close();
}

describe.each(eras)('over stdio, a client of the %s era', (era) => {
  test('is told when another process changes what it watches, and of nothing else', async () => {
    const { client } = await aServerForTest({ database, era });
    expect(client.getServerCapabilities()?.resources?.subscribe).toBe(true);
    const [mine, other] = [await aGoal('mine'), await aGoal('other')];
    const told = toldTo(client);
    await subscribe(client, era, `goal://${mine}`);
    await writer.call('update_goal', { goal_id: other, priority: 'high' });
    await expect
      .poll(async () => {
        await writer.call('add_note', { goal_id: mine, text: 'again' });
        return told.uris;
      })
      .not.toEqual([]);
    expect(new Set(told.uris)).toEqual(new Set([`goal://${mine}`]));
  });

  test('is told of its own changes, by the URI as it wrote it', async () => {
    const { client, call } = await aServerForTest({ database, era });
    const id = await aGoal('by any name');
    const { answer } = await writer.call('break_down_goal', { goal_id: id, subtasks: [{ description: 'step' }] });
    const uri = `task://${String(answer.first_task_id).toLowerCase()}`;
    const told = toldTo(client);
    await subscribe(client, era, uri);
    await call('add_note', { task_id: answer.first_task_id, text: 'mine' });
    await told.until(uri);
    expect(new Set(told.uris)).toEqual(new Set([uri]));
  });

  test('is told nothing more once it ended its subscription, and nobody looks for changes then', async () => {
    const { client } = await aServerForTest({ database, era });
    const id = await aGoal('for a while');
    const told = toldTo(client);
    const leave = await subscribe(client, era, `plan://${id}`);
    await writer.call('add_note', { goal_id: id, text: 'heard' });
    await told.until(`plan://${id}`);
    await leave();
    const heard = told.uris.length;
    await writer.call('add_note', { goal_id: id, text: 'not heard' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(told.uris).toHaveLength(heard);
  });
});

test('a subscription to what is no page is refused in words', async () => {
  const { client } = await aServerForTest({ database, era: 'legacy' });
  for (const uri of ['goal://x', 'task://GOAL-1', 'https://example.com', 'goal://']) {
    await expect(client.subscribeResource({ uri })).rejects.toThrow('names no page; subscribe to goal://GOAL-0001');
  }
});

test('a server without subscriptions asks the database for nothing while it waits', async () => {
  const own = await aDatabase();
  const { client, call } = await aServerForTest({ database: own, era: 'legacy' });
  await call('list_goals');
  const lastAsked = async () => {
    const { rows } = await sql.query(
      `select pid, query_start from pg_stat_activity where datname = $1 and backend_type = 'client backend' order by pid`,
      [own.database],
    );
    return rows;
  };
  // what was asked on the way of the call is over
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = await lastAsked();
  expect(before).not.toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await lastAsked()).toEqual(before);
  await client.close();
});
