import { afterEach, expect, test, vi } from 'vitest';
import { RecentClients } from '../../src/http/recent-clients.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A request under a name, as the guards let it in. */
async function call(clients: RecentClients, name: string | undefined, path = '/api/v1/goals') {
  const known: Record<string, unknown> = { agent: name };
  const context = { req: { path }, get: (key: string) => known[key] };
  await clients.notice(context as unknown as Parameters<RecentClients['notice']>[0], async () => {});
}

test('names are told with their last call, the last first, for a quarter of an hour', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z') });
  const clients = new RecentClients();
  await call(clients, 'codex-1');
  vi.advanceTimersByTime(60_000);
  await call(clients, 'anna');
  await call(clients, 'mcpctl');
  await call(clients, 'prometheus', '/metrics');
  await call(clients, undefined);
  expect(clients.list()).toEqual([
    { name: 'anna', last_seen: '2026-01-01T12:01:00.000Z' },
    { name: 'codex-1', last_seen: '2026-01-01T12:00:00.000Z' },
  ]);
  vi.advanceTimersByTime(14.5 * 60_000);
  expect(clients.list().map(({ name }) => name)).toEqual(['anna']);
  await call(clients, 'codex-1');
  expect(clients.list().map(({ name }) => name)).toEqual(['codex-1', 'anna']);
});

test('whoever calls under ever new names fills no memory', async () => {
  const clients = new RecentClients();
  for (let n = 0; n < 500; n += 1) await call(clients, `agent-${n}`);
  expect(clients.list()).toHaveLength(100);
  expect(clients.list()[0]?.name).toBe('agent-499');
});
