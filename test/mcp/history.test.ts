import { beforeAll, describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { eras } from '../support/server-process.ts';

interface History {
  events: { event_id: number; operation: number; line: string }[];
  count: number;
  next_cursor?: string;
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));

describe.each(conversations)('in the $era era', ({ ask, refusal, server, sql }) => {
  let goal: string;
  let a: string;
  let b: string;
  const history = (args: Record<string, unknown> = {}) => ask<History>('get_history', args);
  const happened = async (args: Record<string, unknown> = {}) =>
    (await history(args)).events.map(({ line }) => line.replace(/^\S+Z tester-[0-9a-f]{8} /, ''));

  beforeAll(async () => {
    goal = (await ask<{ id: string }>('create_goal', { description: 'Ship it' })).id;
    const tasks = await ask<Record<string, string>>('break_down_goal', {
      goal_id: goal,
      subtasks: [{ description: 'Build\nit' }, { description: 'Test it', dependencies: ['#1'] }],
    });
    [a, b] = [tasks.first_task_id, tasks.last_task_id] as [string, string];
    await ask('update_goal', { goal_id: goal, priority: 'high', metadata: { k: 1 } });
    await ask('update_task_status', { task_id: a, status: 'completed', result: { found: 'x'.repeat(5_000) } });
    await ask('add_note', { task_id: a, text: 'It works' });
    await ask('delete_task', { task_id: b });
  });

  test('get_history tells who did what and when, newest first', async () => {
    const { events, count } = await history();
    expect(count).toBe(events.length);
    expect(events[0]).toEqual({
      event_id: expect.any(Number),
      operation: expect.any(Number),
      line: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ tester-[0-9a-f]{8} \S+-000\d /),
    });
    expect((await happened()).toSorted()).toEqual(
      [
        `${goal} created "Ship it"`,
        `${a} created in ${goal} "Build it"`,
        `${b} created in ${goal} "Test it"`,
        `${goal} status planned → in_progress`,
        `${goal} priority medium → high, metadata changed`,
        `${a} status pending → completed, result set`,
        `${a} noted "It works"`,
        `${goal} status in_progress → completed`,
        `${b} deleted "Test it"`,
      ].toSorted(),
    );
    expect((await happened()).slice(-1)).toEqual([`${goal} created "Ship it"`]);
    const { rows } = await sql.query('select seq::int4 as event_id from events order by seq desc');
    expect(events.map(({ event_id }) => ({ event_id }))).toEqual(rows);
  });

  test('it can be about one task, one goal, one actor, or what is gone', async () => {
    expect(await happened({ task_id: a })).toEqual([
      `${a} noted "It works"`,
      `${a} status pending → completed, result set`,
      `${a} created in ${goal} "Build it"`,
    ]);
    expect(await happened({ task_id: b })).toHaveLength(2);
    expect(await happened({ goal_id: goal })).toHaveLength(9);
    expect(await happened({ goal_id: goal, task_id: a })).toHaveLength(3);
    expect(await happened({ goal_id: 'GOAL-0999' })).toEqual([]);
    const { rows } = await sql.query('select distinct actor from operations');
    expect(await happened({ actor: rows[0].actor })).toHaveLength(9);
    expect(await happened({ actor: 'nobody' })).toEqual([]);
  });

  test('since is a span or an instant', async () => {
    expect(await happened({ since: '1h' })).toHaveLength(9);
    expect(await happened({ since: '2020-01-01' })).toHaveLength(9);
    for (const since of ['1 hour', '2 hours ago', '1d 4h', 'yesterday', '2020-01-01T00:00:00.123456789Z'])
      expect(await happened({ since })).toHaveLength(9);
    expect(await happened({ since: '2999-01-01T00:00:00Z' })).toEqual([]);
    const other = (await ask<{ id: string }>('create_goal', { description: 'old' })).id;
    await sql.query(
      "update operations set at = now() - interval '2 days' where seq in (select operation from events where goal_id = $1)",
      [other],
    );
    expect(await happened({ goal_id: other, since: '36h' })).toEqual([]);
    expect(await happened({ goal_id: other, since: '3d' })).toHaveLength(1);
    expect(await happened({ task_id: a, since: '1h' })).toHaveLength(3);
  });

  test('the edges of time are times like others', async () => {
    for (const since of ['0000-01-01', '0001-01-01T00:00+14:00', '36525d']) {
      expect(await happened({ since })).not.toEqual([]);
      expect(await ask('get_briefing', { since })).toHaveProperty('briefing');
    }
    for (const since of ['9999-12-31T24:00Z', '9999-12-31T23:59-14:00', '9999-12-31']) {
      expect(await happened({ since })).toEqual([]);
      expect(await ask('get_briefing', { since })).toHaveProperty('briefing');
    }
  });

  test('pages leave none out and show none twice, also of one moment', async () => {
    const subtasks = Array.from({ length: 30 }, (_, n) => ({ description: `task ${n}` }));
    await ask('break_down_goal', { goal_id: goal, subtasks });
    const { rows } = await sql.query('select seq::int4 as seq from events order by seq desc');
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page: History = await history({ limit: 7, ...(cursor !== undefined && { cursor }) });
      expect(page.count).toBeLessThanOrEqual(7);
      seen.push(...page.events.map((event) => event.event_id));
      // what happens meanwhile is newer than every page to come
      if (seen.length === 7) await ask('add_note', { goal_id: goal, text: 'meanwhile' });
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(rows.map((row) => row.seq));
  });

  test('an answer is short, whatever happened', async () => {
    for (const filling of ['\u0001', '"', '\u4e16', '\u{1f600}']) {
      const description = filling.repeat(10_000 / filling.length);
      const { id } = await ask<{ id: string }>('create_goal', { description });
      const value = filling.repeat(200 / filling.length);
      const subtasks = Array.from({ length: 100 }, () => ({ description, type: value, repo: value }));
      for (const _ of [1, 2]) await ask('break_down_goal', { goal_id: id, subtasks });
      const { text } = await server.call('get_history', { limit: 200 });
      expect(text.length).toBeLessThanOrEqual(20_000);
      expect(JSON.parse(text)).toMatchObject({ next_cursor: expect.any(String) });
    }
  });

  test('wrong arguments are refused', async () => {
    expect(await refusal('get_history', { since: 'tomorrow' })).toBe(
      'get_history: since "tomorrow" is no time; write 2h, 3d or 2026-11-23T10:42:00Z.',
    );
    const start = 'get_history: cursor is not one that get_history gave; leave it out to start from the newest.';
    for (const cursor of [
      'x',
      'before-1',
      '2026-02-30T00:00:00.000000Z/1',
      '2026-11-23T10:42:00Z/1',
      '0000-01-01T00:00:00.000000Z/1',
      '9999-12-31T24:00:00.000000Z/1',
    ]) {
      expect(await refusal('get_history', { cursor })).toBe(start);
    }
    expect(await refusal('get_history', { limit: 201 })).toContain('limit is 201; the most is 200');
    expect(await refusal('get_history', { limit: 0 })).toContain('the least is 1');
    expect(await refusal('get_history', { actor: 'a\0' })).toContain('NUL character');
    expect(await refusal('get_history', { actor: '\ud800' })).toContain('half of a surrogate pair');
    expect(await refusal('get_history', { task_id: 'x' })).toContain('is not the form of a task ID');
  });
});
