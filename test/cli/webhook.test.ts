import { describe, expect, it } from 'vitest';
import { run } from '../legacy/support/program.ts';
import { aReceiver } from '../service/webhooks/receiver.ts';
import { aDatabase } from '../support/database.ts';
import { aServiceForTest } from '../support/service-process.ts';

const database = await aDatabase();
const inside = { GOAL_AGENT_WEBHOOKS_PRIVATE: 'true' };
const webhook = (...args: string[]) => run(['webhook', ...args], database, { env: inside });
const idIn = (text: string) => /wh_[0-9a-f]{12}/.exec(text)?.[0] ?? '';

describe('goal-agent webhook', () => {
  it('adds a receiver, which the service then tells of changes', { timeout: 40_000 }, async () => {
    const receiver = await aReceiver();
    const service = await aServiceForTest({ database, env: inside });
    const added = await webhook('add', receiver.url, '--events', 'task.*, goal.created');
    expect([added.code, added.stderr]).toEqual([0, '']);
    const id = idIn(added.stdout);
    expect(added.stdout.split('\n')[0]).toBe(
      `${id}  task, goal.created to ${receiver.url}, from now on, while goal-agent serve runs.`,
    );
    receiver.secret = /whsec_\S+/.exec(added.stdout)?.[0];
    await service.request('POST', '/api/v1/goals', { body: { description: 'of interest' } });
    await expect.poll(() => receiver.taken, { timeout: 15_000 }).toMatchObject([{ type: 'goal.created' }]);
    expect(receiver.forged).toBe(0);
    const list = async () => (await webhook('list')).stdout;
    const told = /\n {2}on; the last message was taken at \d{4}-\d\d-\d\d \d\d:\d\d UTC\n$/;
    await expect.poll(list, { timeout: 10_000 }).toMatch(told);
    expect(await list()).not.toContain('whsec_');
    service.kill('SIGTERM');
    expect(await service.exited).toMatchObject({ code: 0 });
    expect((await webhook('remove', id)).stdout).toBe(`Removed ${id}: nothing more is sent to ${receiver.url}.\n`);
    expect((await webhook('list')).stdout).toBe('There is no webhook. To make one: goal-agent webhook add URL\n');
  });

  it('tests a receiver, and says what it answers', async () => {
    const receiver = await aReceiver();
    const made = JSON.parse((await webhook('add', receiver.url, '--json')).stdout);
    expect(made).toMatchObject({ url: receiver.url, types: [], state: 'on', secret: expect.stringMatching(/^whsec_/) });
    expect((await webhook('test', made.id)).stdout).toContain('answered 200: it took the message.');
    receiver.answer = () => 500;
    const failed = await webhook('test', made.id);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('answered 500.');
    expect((await webhook('resume', made.id)).stdout).toContain(`${made.id} goes on`);
  });

  it('refuses in one line what cannot be', async () => {
    const refused = [
      await run(['webhook', 'add', 'https://127.0.0.1/'], database),
      await webhook('add', 'nonsense'),
      await webhook('add', 'https://example.com', '--events', 'task.done'),
      await webhook('add', 'https://example.com', '--goal', 'TASK-1'),
      await webhook('remove', 'wh_000000000000'),
    ];
    // what the store or the address refuses is a failure; an argument that can never be is wrong use
    expect(refused.map(({ code }) => code)).toEqual([1, 1, 1, 2, 1]);
    for (const { stderr, stdout } of refused) {
      expect(stdout).toBe('');
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('GOAL_AGENT_WEBHOOKS_PRIVATE=true'),
      expect.stringContaining('needs an https URL'),
      expect.stringContaining('task.done is no type of change'),
      expect.stringContaining('write GOAL-0001'),
      expect.stringContaining('There is no webhook'),
    ]);
  });
});
