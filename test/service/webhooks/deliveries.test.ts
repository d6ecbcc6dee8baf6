import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PoolCall } from '../../../src/service/call.ts';
import { updateGoal } from '../../../src/service/goals.ts';
import { readChanges } from '../../../src/service/read-changes.ts';
import { type DeliveriesOptions, startDeliveries } from '../../../src/service/webhooks/deliveries.ts';
import { Sender } from '../../../src/service/webhooks/sender.ts';
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  resumeWebhook,
  testWebhook,
  type WebhookFields,
} from '../../../src/service/webhooks/webhooks.ts';
import { Numbers } from '../../../src/store/numbers.ts';
import { aGoal, aTask, someTasks } from '../../support/builders.ts';
import { aCall, aStore } from '../../support/database.ts';
import { aReceiver, type Receiver } from './receiver.ts';

const sender = new Sender({ allowPrivate: true });

interface Setting {
  call: PoolCall;
  sql: pg.Client;
  connection: pg.ClientConfig;
  receiver: Receiver;
  id: string;
  failures: string[];
  start(options?: Partial<DeliveriesOptions> & { call?: PoolCall }): { stop(): Promise<void> };
}

/** A webhook to a receiver of its own, and nobody who delivers yet. */
async function aSetting(fields: Partial<WebhookFields> = {}): Promise<Setting> {
  const { call, sql, connection } = await aCall();
  const receiver = await aReceiver();
  const { webhook, secret } = await addWebhook(call, sender, { url: receiver.url, ...fields });
  receiver.secret = secret;
  const failures: string[] = [];
  return {
    ...{ call, sql, connection, receiver, failures },
    id: webhook.id,
    start({ call: by = call, ...options } = {}) {
      const deliveries = startDeliveries({
        openStore: async () => by.store,
        storeOf: ({ database }, { workspaceId, workspace }) => ({
          ...{ database, workspaceId, workspace },
          numbers: new Numbers(database, workspaceId),
        }),
        allowPrivate: true,
        everyMs: 100,
        report: {
          delivered: () => {},
          failed: (_webhook, what) => failures.push(what),
          switchedOff: (_webhook, what) => failures.push(`off: ${what}`),
        },
        ...options,
      });
      onTestFinished(() => deliveries.stop());
      return deliveries;
    },
  };
}

const taken = ({ taken: messages }: Receiver) => messages.map(({ type, data }) => `${type} ${data.id}`);
/** Instead of minutes. */
const tryAgainNow = ({ sql }: Setting) => sql.query('update webhooks set next_attempt_at = now()');
const soon = { timeout: 5_000, interval: 20 };

describe('a webhook', () => {
  it('is told of what changes after it was made, signed, each once', async () => {
    const setting = await aSetting();
    const { call, receiver } = setting;
    setting.start();
    const goal = await aGoal(call, 'a goal for somebody else');
    await aTask(call, goal);
    const expected = ['goal.created GOAL-0001', 'task.created TASK-0001', 'goal.in_progress GOAL-0001'];
    await expect.poll(() => taken(receiver), soon).toEqual(expected);
    expect(receiver.forged).toBe(0);
    expect(receiver.taken[0]?.data).toMatchObject({
      workspace: 'default',
      after: { description: 'a goal for somebody else' },
      operation: { actor: 'tester' },
    });
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(3);
    // it is written down a moment after the answer
    await expect.poll(async () => (await listWebhooks(call))[0]?.deliveredAt, soon).toEqual(expect.any(String));
  });

  it('may want some types, or one goal', async () => {
    const setting = await aSetting({ types: ['task.*', 'goal.deleted'] });
    const { call, receiver } = setting;
    const goal = await aGoal(call);
    const ofGoal = await aReceiver();
    await addWebhook(call, sender, { url: ofGoal.url, goalId: goal });
    setting.start();
    const other = await aGoal(call);
    await aTask(call, other);
    await updateGoal(call, goal, { priority: 'high' });
    await expect.poll(() => taken(receiver), soon).toEqual(['task.created TASK-0001']);
    await expect.poll(() => taken(ofGoal), soon).toEqual([`goal.updated ${goal}`]);
  });

  it('is told of each goal in order, also when it is slow, and of several goals at once', {
    timeout: 20_000,
  }, async () => {
    const setting = await aSetting();
    const { call, receiver } = setting;
    receiver.delayMs = 20;
    setting.start();
    const goals = await Promise.all(Array.from({ length: 6 }, () => aGoal(call)));
    await Promise.all(goals.map((goal) => someTasks(call, goal, 20)));
    await expect.poll(() => receiver.taken.length, { ...soon, timeout: 15_000 }).toBe(6 * 22);
    expect(receiver.mostAtOneGoal).toBe(1);
    for (const goal of goals) {
      const numbers = receiver.taken
        .filter(({ data }) => data.goal_id === goal)
        .map(({ data }) => Number(data.position.split('-')[0]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it('is told after a restart what it was not told of before', async () => {
    const setting = await aSetting();
    const { call, receiver } = setting;
    await aGoal(call);
    const first = setting.start();
    await expect.poll(() => taken(receiver), soon).toHaveLength(1);
    await first.stop();
    await aGoal(call);
    await aGoal(call);
    setting.start();
    const all = ['goal.created GOAL-0001', 'goal.created GOAL-0002', 'goal.created GOAL-0003'];
    await expect.poll(() => taken(receiver), soon).toEqual(all);
  });

  it('is removed: nothing more is sent', async () => {
    const setting = await aSetting();
    const { call, receiver, id } = setting;
    setting.start();
    await aGoal(call);
    await expect.poll(() => taken(receiver), soon).toHaveLength(1);
    await removeWebhook(call, id);
    await sleep(300);
    await aGoal(call);
    await sleep(600);
    expect(receiver.received).toHaveLength(1);
    await expect(removeWebhook(call, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is tested with a message that changes nothing', async () => {
    const { call, receiver, id } = await aSetting();
    expect(await testWebhook(call, sender, id)).toMatchObject({ isTaken: true, url: receiver.url });
    expect(receiver.taken).toMatchObject([{ type: 'webhook.test', data: { workspace: 'default' } }]);
    receiver.answer = () => 500;
    expect(await testWebhook(call, sender, id)).toMatchObject({ isTaken: false, what: 'answered 500' });
    expect(await listWebhooks(call)).toMatchObject([{ state: 'on' }]);
  });
});

describe('a receiver that fails', () => {
  it('is tried again after pauses that grow, with the same ids, and gets everything in order', async () => {
    const setting = await aSetting();
    const { call, receiver, sql } = setting;
    receiver.answer = () => 503;
    setting.start();
    const goal = await aGoal(call);
    await updateGoal(call, goal, { priority: 'high' });
    await expect.poll(() => setting.failures, soon).toEqual(['answered 503']);
    const [failing] = await listWebhooks(call);
    expect(failing).toMatchObject({ state: 'failing', failedAttempts: 1, note: 'The receiver answered 503.' });
    await tryAgainNow(setting);
    await expect.poll(() => setting.failures, soon).toHaveLength(2);
    const { rows } = await sql.query('select extract(epoch from next_attempt_at - now())::int4 as pause from webhooks');
    expect(rows[0].pause).toBeGreaterThan(20);
    receiver.answer = () => 200;
    await tryAgainNow(setting);
    await expect.poll(() => taken(receiver), soon).toEqual([`goal.created ${goal}`, `goal.updated ${goal}`]);
    expect(new Set(receiver.received.slice(0, 3).map(({ id }) => id)).size).toBe(1);
    const state = async () => (await listWebhooks(call))[0];
    await expect.poll(state, soon).toMatchObject({ state: 'on', failedAttempts: 0, note: null });
  });

  it('on one change does not get those again that it took of other goals', async () => {
    const setting = await aSetting();
    const { call, receiver } = setting;
    const goals = [await aGoal(call), await aGoal(call), await aGoal(call)];
    receiver.answer = ({ data }) => (data.goal_id === goals[1] ? 400 : 200);
    setting.start();
    await expect.poll(() => setting.failures, soon).toHaveLength(1);
    for (let n = 2; n < 5; n += 1) {
      await tryAgainNow(setting);
      await expect.poll(() => setting.failures, soon).toHaveLength(n);
    }
    receiver.answer = () => 200;
    await tryAgainNow(setting);
    await expect.poll(() => receiver.taken.length, soon).toBe(3);
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(3);
  });

  it('for a day is switched off, with a note, and goes on from there when somebody says so', async () => {
    const setting = await aSetting();
    const { call, receiver, sql, id } = setting;
    receiver.answer = () => (response) => response.writeHead(302, { location: 'https://127.0.0.1/' }).end();
    setting.start();
    const goal = await aGoal(call);
    await expect.poll(() => setting.failures, soon).toHaveLength(1);
    await sql.query(`update webhooks set failing_since = now() - interval '25 hours', next_attempt_at = now()`);
    await expect.poll(async () => (await listWebhooks(call))[0]?.state, soon).toBe('off');
    const [off] = await listWebhooks(call);
    expect(off?.note).toMatch(/^The receiver answered 302, a redirect/);
    expect(setting.failures.at(-1)).toMatch(/^off: /);
    receiver.answer = () => 200;
    await updateGoal(call, goal, { priority: 'high' });
    await sleep(500);
    expect(receiver.taken).toEqual([]);
    await resumeWebhook(call, id);
    await expect.poll(() => taken(receiver), soon).toEqual([`goal.created ${goal}`, `goal.updated ${goal}`]);
  });

  it('with 410 wants no more', async () => {
    const setting = await aSetting();
    setting.receiver.answer = () => 410;
    setting.start();
    await aGoal(setting.call);
    await expect.poll(async () => (await listWebhooks(setting.call))[0]?.state, soon).toBe('off');
  });

  it('because its place in the history is gone is switched off, and goes on from now', async () => {
    const setting = await aSetting();
    const { call, sql, receiver, id } = setting;
    await aGoal(call);
    await sql.query(`update webhooks set position = '77-0123456789ab'`);
    setting.start();
    await expect.poll(async () => (await listWebhooks(call))[0]?.state, soon).toBe('off');
    await resumeWebhook(call, id);
    const second = await aGoal(call);
    await expect.poll(() => taken(receiver), soon).toEqual([`goal.created ${second}`]);
  });
});

describe('two services', () => {
  it('send each message once, and when one dies the other goes on', { timeout: 30_000 }, async () => {
    const setting = await aSetting();
    const { call, connection, receiver } = setting;
    const other: PoolCall = { store: await aStore(connection), actor: 'other' };
    const doomed: PoolCall = { store: await aStore(connection), actor: 'doomed' };
    setting.start({ call: doomed, leaseSeconds: 13 });
    await sleep(300);
    setting.start({ call: other, leaseSeconds: 13 });
    const different = () => new Set(receiver.taken.map(({ id }) => id)).size;
    // both live, and renew their leases many times meanwhile
    for (let n = 0; n < 30; n += 1) {
      await aGoal(call);
      await sleep(50);
    }
    await expect.poll(different, soon).toBe(30);
    expect(receiver.taken).toHaveLength(30);
    // as if it had been killed: it gives nothing back
    await doomed.store.database.close();
    for (let n = 0; n < 10; n += 1) await aGoal(call);
    await expect.poll(different, { timeout: 20_000, interval: 50 }).toBe(40);
  });

  it('that take turns at once, since a stop gives the lease back', async () => {
    const setting = await aSetting();
    const { call, connection, receiver } = setting;
    const other: PoolCall = { store: await aStore(connection), actor: 'other' };
    for (let turn = 0; turn < 4; turn += 1) {
      const deliveries = setting.start({ call: turn % 2 === 0 ? call : other });
      await aGoal(call);
      await expect.poll(() => receiver.taken.length, soon).toBe(turn + 1);
      await deliveries.stop();
    }
  });
});

describe('a webhook is refused', () => {
  it.each([
    ['not a URL', 'needs an https URL'],
    ['ftp://example.com', 'needs an https URL'],
    ['file:///etc/passwd', 'needs an https URL'],
    [`https://example.com/${'x'.repeat(2_000)}`, 'needs an https URL'],
    ['https://user:secret@example.com', 'no user and password'],
    ['https://169.254.169.254/latest', 'not public'],
    ['http://example.com', 'by http only private'],
  ])('with %s', async (url, why) => {
    const { call } = await aCall();
    const refused = addWebhook(call, new Sender({ allowPrivate: false }), { url });
    await expect(refused).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(why) });
  });

  it('for a type that is none, and a goal that is not there', async () => {
    const { call } = await aCall();
    const url = 'https://example.com/';
    await expect(addWebhook(call, sender, { url, types: ['task.finished'] })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(addWebhook(call, sender, { url, goalId: 'GOAL-0009' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('to who is no admin', async () => {
    const { call } = await aCall();
    const { workspaceId, workspace } = call.store;
    const writer: PoolCall = {
      ...call,
      principal: { name: 'ci', role: 'writer', kind: 'agent', workspaceId, workspace, tokenId: randomUUID() },
    };
    await expect(addWebhook(writer, sender, { url: 'https://example.com/' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(listWebhooks(writer)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

it('the changes of one workspace go to its own webhooks alone', async () => {
  const setting = await aSetting();
  const { connection, receiver, call } = setting;
  const other: PoolCall = { store: await aStore(connection, { workspace: 'other' }), actor: 'other' };
  const ofOther = await aReceiver();
  await addWebhook(other, sender, { url: ofOther.url });
  setting.start();
  await aGoal(call, 'here');
  await aGoal(other, 'there');
  await expect.poll(() => receiver.taken.map(({ data }) => data.after?.description), soon).toEqual(['here']);
  await expect.poll(() => ofOther.taken.map(({ data }) => data.workspace), soon).toEqual(['other']);
  expect(await listWebhooks(other)).toHaveLength(1);
  const [mine] = await listWebhooks(call);
  for (const use of [removeWebhook, resumeWebhook, (by: PoolCall, id: string) => testWebhook(by, sender, id)]) {
    const refusals = [mine?.id ?? '', randomUUID()].map(async (id) => {
      const refusal = await use(other, id).catch((error) => error);
      return { code: refusal.code, message: String(refusal.message).replaceAll(id, 'ID') };
    });
    const [foreign, unknown] = await Promise.all(refusals);
    expect(foreign?.code).toBe('not_found');
    expect(foreign).toEqual(unknown);
  }
  expect(receiver.taken).toHaveLength(1);
  expect((await readChanges(other.store, { since: '0' })).changes).toHaveLength(1);
});
