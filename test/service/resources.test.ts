import { beforeEach, describe, expect, it } from 'vitest';
import type { PoolCall } from '../../src/service/call.ts';
import { updateGoal } from '../../src/service/goals.ts';
import { readChanges } from '../../src/service/read-changes.ts';
import { listHeld, releaseNames } from '../../src/service/resources.ts';
import { undo } from '../../src/service/undo.ts';
import { waitingMark } from '../../src/store/listener.ts';
import { acquire } from '../../src/tools/acquire.ts';
import { getBriefing } from '../../src/tools/get-briefing.ts';
import { getHistory } from '../../src/tools/get-history.ts';
import { release } from '../../src/tools/release.ts';
import { aGoal } from '../support/builders.ts';
import { callsOf } from '../support/database.ts';
import { activity, ask, untilStill } from './waits/support.ts';

interface Answer {
  held: { name: string; shared: boolean; fence: number; lease_expires_at: string }[];
  renewed?: string[];
  not_acquired?: { name: string; reason: string }[];
}

const { calls, sql } = await callsOf('ann', 'bob');
const [ann, bob] = calls;
const patient = { timeout: 20_000, interval: 20 };

const take = (
  call: PoolCall,
  names: string[],
  args: Record<string, unknown> = {},
  ends: { signal?: AbortSignal } = {},
) => ask<Answer>(acquire, call, { names, ...args }, ends);
const give = (call: PoolCall, names: string[], args: Record<string, unknown> = {}) =>
  ask<{ released: string[]; not_held?: string[] }>(release, call, { names, ...args });
const heldBy = async () => (await listHeld(ann, 100)).map(({ name, holder }) => `${name} ${holder}`).toSorted();
const endLease = (name: string) =>
  sql.query(`update resources set expires_at = now() - interval '1 second' where name = $1`, [name]);

beforeEach(() => sql.query('truncate goals, operations, events, resources cascade'));

describe('names are held', () => {
  it('all of a call or none, and who is in the way is said', async () => {
    expect((await take(ann, ['src/auth/**', 'staging'])).held.map(({ name }) => name)).toEqual([
      'src/auth/**',
      'staging',
    ]);
    const refused = await take(bob, ['docs/*', './src/auth/login.ts', 'staging']);
    expect(refused.held).toEqual([]);
    expect(refused.not_acquired).toEqual([
      {
        name: 'src/auth/login.ts',
        reason: expect.stringMatching(/^"src\/auth\/\*\*" is held by ann until \d\d:\d\d:\d\dZ$/),
      },
      { name: 'staging', reason: expect.stringMatching(/^staging is held by ann until /) },
    ]);
    expect(await heldBy()).toEqual(['src/auth/** ann', 'staging ann']);
    expect((await take(bob, ['docs/*', 'src/authors/a.ts'])).held).toHaveLength(2);
  });

  it('by several who share them, and then by nobody alone', async () => {
    await take(ann, ['db'], { shared: true });
    expect((await take(bob, ['db'], { shared: true })).held).toMatchObject([{ name: 'db', shared: true }]);
    expect((await take(bob, ['d*'])).not_acquired).toEqual([
      { name: 'd*', reason: expect.stringContaining('db is shared by ann') },
    ]);
    await give(ann, ['db']);
    const [before] = (await take(bob, ['db'], { shared: true })).held;
    const [alone] = (await take(bob, ['db'])).held;
    expect(alone).toMatchObject({ shared: false });
    expect(alone?.fence).toBeGreaterThan(before?.fence ?? 0);
  });

  it('by one of eight who want them at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const agents = Array.from({ length: 8 }, (_, n) => `agent-${n}`);
      const names = ['src/**', `round-${round}`];
      const answers = await Promise.all(
        agents.map((agent, n) => take(n % 2 === 0 ? ann : bob, n < 4 ? names : names.toReversed(), { agent })),
      );
      const winners = agents.filter((_, n) => (answers[n]?.held.length ?? 0) > 0);
      expect(winners).toHaveLength(1);
      expect(await heldBy()).toEqual(names.toSorted().map((name) => `${name} ${winners[0]}`));
      await give(ann, names, { agent: winners[0] });
    }
  });

  it('for longer by whoever acquires them again, without an event, and under a new fence after the lease ran out', async () => {
    const [first] = (await take(ann, ['staging'], { lease_seconds: 60 })).held;
    const again = await take(ann, ['staging'], { lease_seconds: 600 });
    expect(again).toMatchObject({ held: [{ fence: first?.fence }], renewed: ['staging'] });
    expect((again.held[0]?.lease_expires_at ?? '') > (first?.lease_expires_at ?? '')).toBe(true);
    const events = async () =>
      (await sql.query('select action from events order by seq')).rows.map((row) => row.action);
    expect(await events()).toEqual(['acquired']);
    await endLease('staging');
    expect(await heldBy()).toEqual([]);
    const [other] = (await take(bob, ['stag*'])).held;
    expect(other?.fence).toBeGreaterThan(first?.fence ?? 0);
    expect(await events()).toEqual(['acquired', 'lease_ended', 'acquired']);
    expect((await take(ann, ['staging'])).held).toEqual([]);
    await endLease('stag*');
    const [back] = (await take(ann, ['staging'])).held;
    expect(back?.fence).toBeGreaterThan(other?.fence ?? 0);
  });

  it('until they are given back, by their holder or by the fence', async () => {
    const [{ fence } = { fence: 0 }] = (await take(ann, ['staging'])).held;
    expect(await give(bob, ['staging', 'nothing'])).toEqual({ released: [], not_held: ['staging', 'nothing'] });
    expect(await give(bob, ['staging'], { fence: fence + 1 })).toEqual({ released: [], not_held: ['staging'] });
    expect(await give(bob, ['./staging'], { fence })).toEqual({ released: ['staging'] });
    expect((await take(bob, ['staging'])).held).toHaveLength(1);
  });

  it('once for each request id', async () => {
    const first = await take(ann, ['staging'], { request_id: 'one' });
    expect(await take(ann, ['staging'], { request_id: 'one' })).toEqual(first);
    expect((await take(bob, ['staging'], { request_id: 'two' })).held).toEqual([]);
    await give(ann, ['staging']);
    const [later] = (await take(bob, ['staging'], { request_id: 'three' })).held;
    expect(later?.fence).toBeGreaterThan(first.held[0]?.fence ?? 0);
  });

  it('as many as a workspace may have', async () => {
    await sql.query(
      `insert into resources (workspace_id, name, holder, shared, fence, expires_at)
       select 1, 'name ' || n, 'ann', false, 1, now() + interval '1 hour' from generate_series(1, 499) as n`,
    );
    await expect(take(bob, ['a', 'b'])).rejects.toThrow(/as many names as it may \(500\)/);
    expect((await take(bob, ['a'])).held).toHaveLength(1);
    expect((await take(ann, ['name 1'])).renewed).toEqual(['name 1']);
  });

  it.each([
    [{ names: [] }, /empty list/],
    [{ names: Array.from({ length: 21 }, (_, n) => `n${n}`) }, /21 entries; the limit is 20/],
    [{ names: ['x'.repeat(201)] }, /names\[0\]/],
    [{ names: ['src/{a,b}'] }, /^acquire: "?src\/\{a,b\}"? has a wildcard/],
    [{ names: ['../x'] }, /leads out of its folder/],
    [{ names: ['x'], lease_seconds: 0 }, /least is 1/],
  ])('and %j is refused', async (args, said) => {
    await expect(ask(acquire, ann, args)).rejects.toThrow(said);
  });
});

describe('who waits for names', () => {
  it('gets them when they are given back or their lease ends, and asks nothing meanwhile', async () => {
    await take(ann, ['src/**']);
    const waiting = take(bob, ['src/a.ts', 'docs'], { wait_seconds: 60 });
    const last = await untilStill(sql, 1);
    expect((await activity(sql)).last).toBe(last);
    await give(ann, ['src/**']);
    expect((await waiting).held.map(({ name }) => name)).toEqual(['src/a.ts', 'docs']);
    await take(bob, ['short'], { lease_seconds: 1 });
    expect((await take(ann, ['sh?rt'], { wait_seconds: 60 })).held).toHaveLength(1);
    expect((await take(bob, ['short'], { wait_seconds: 0.2 })).not_acquired).toMatchObject([{ name: 'short' }]);
    await expect.poll(async () => (await activity(sql)).listening, patient).toBe(0);
  });

  it('is notified, and nobody is where nobody waits', async () => {
    const channel = `goal_agent_resources_${ann.store.workspaceId}`;
    const heard: string[] = [];
    sql.on('notification', (message) => heard.push(message.channel));
    await sql.query(`listen ${channel}`);
    await take(ann, ['staging']);
    await sql.query('select');
    expect(heard).toEqual([]);
    const mark = [waitingMark, channel];
    await sql.query('select pg_advisory_lock_shared($1, hashtext($2))', mark);
    await give(ann, ['staging']);
    await expect.poll(() => heard, patient).toEqual([channel]);
    await sql.query('select pg_advisory_unlock_shared($1, hashtext($2))', mark);
    await sql.query(`unlisten ${channel}`);
  });

  it('and goes away leaves nothing held', async () => {
    await take(ann, ['staging']);
    const gone = new AbortController();
    const waiting = take(bob, ['staging'], { wait_seconds: 60 }, { signal: gone.signal });
    await untilStill(sql, 1);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await give(ann, ['staging']);
    await expect.poll(async () => (await activity(sql)).listening, patient).toBe(0);
    expect(await heldBy()).toEqual([]);
  });
});

describe('names are known', () => {
  it('in the history, the changes and the briefing', async () => {
    const { position } = await readChanges(ann.store);
    await take(ann, ['src/**', 'staging'], { agent: 'carl' });
    await give(ann, ['staging'], { agent: 'carl' });
    const { events } = await ask<{ events: { line: string }[] }>(getHistory, ann, {});
    expect(events.map(({ line }) => line.split(' ').slice(1).join(' '))).toEqual([
      'carl resource released "staging"',
      'carl resource acquired "staging"',
      'carl resource acquired "src/**"',
    ]);
    const { changes } = await readChanges(ann.store, { since: position });
    expect(changes.map(({ type, kind, id, goal_ids }) => ({ type, kind, id, goal_ids }))).toEqual([
      { type: 'resource.acquired', kind: 'resource', id: 'src/**', goal_ids: [] },
      { type: 'resource.acquired', kind: 'resource', id: 'staging', goal_ids: [] },
      { type: 'resource.released', kind: 'resource', id: 'staging', goal_ids: [] },
    ]);
    const { briefing } = await ask<{ briefing: string }>(getBriefing, ann, {});
    expect(briefing).toMatch(/## Held resources\n- "src\/\*\*" by carl until \S+Z/);
  });

  it('to the number, however many there are', async () => {
    for (let n = 0; n < 210; n += 15)
      await take(
        ann,
        Array.from({ length: 15 }, (_, place) => `file-${n + place}`),
      );
    const { briefing } = await ask<{ briefing: string }>(getBriefing, ann, {});
    const [, lines = '', rest] = /## Held resources\n((?:- .*\n)+)… and (\d+) more/.exec(briefing) ?? [];
    expect(lines.trim().split('\n').length + Number(rest)).toBe(210);
  });

  it('to undo, which leaves them alone', async () => {
    const goal = await aGoal(ann);
    await updateGoal(ann, goal, { description: 'changed' });
    await take(ann, ['staging']);
    await releaseNames(ann, { names: ['staging'], fence: undefined });
    await take(ann, ['staging']);
    expect((await undo(ann, undefined)).events).toMatchObject([{ goal_id: goal }]);
    const { rows } = await sql.query(`select max(seq)::int4 as seq from events where action = 'acquired'`);
    await expect(undo(ann, rows[0].seq)).rejects.toThrow(/names of resources, which undo leaves alone/);
    expect(await heldBy()).toEqual(['staging ann']);
  });
});
