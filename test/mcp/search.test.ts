import { beforeAll, describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { eras } from '../support/server-process.ts';

interface Results {
  results: { kind: string; id: string; goal_id: string; task_id?: string; status?: string; snippet: string }[];
  count: number;
  total: number;
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
const kib256 = 256 * 1024;

describe.each(conversations)('in the $era era', ({ ask, refusal, server, sql }) => {
  let goal: string;
  let login: string;
  let other: string;
  const search = (query: string, args: Record<string, unknown> = {}) => ask<Results>('search', { query, ...args });
  const found = async (query: string, args: Record<string, unknown> = {}) =>
    (await search(query, args)).results.map(({ id }) => id);
  const finish = (task_id: string, result: unknown) =>
    ask('update_task_status', { task_id, status: 'completed', result });

  beforeAll(async () => {
    goal = (await ask<{ id: string }>('create_goal', { description: 'Ship OAuth sign-in', repos: ['web-client'] })).id;
    const tasks = await ask<Record<string, string>>('break_down_goal', {
      goal_id: goal,
      subtasks: [
        { description: 'Build the login endpoint in src/auth/login.ts', jira_ticket: 'AUTH-42', repo: 'backend-api' },
        { description: "Write the user's guide (first_draft)", priority: 'low' },
      ],
    });
    [login, other] = [tasks.first_task_id, tasks.last_task_id] as [string, string];
    const result = { chosen: 'Keycloak', notes: ['line one\nsecond line', 'C:\\new\\table', 'says "quoted"'], n: 8443 };
    await finish(login, result);
    await ask('add_note', { task_id: other, text: `Bob decided on Markdown, see ${login}` });
    await ask('add_note', { goal_id: goal, text: 'Größe matters; naïve 数据库' });
  });

  test('search answers with what was found and where', async () => {
    expect(await search('endpoint')).toEqual({
      results: [
        {
          kind: 'task',
          id: login,
          goal_id: goal,
          status: 'completed',
          snippet: expect.stringContaining('Build the login endpoint in src/auth/login.ts'),
        },
      ],
      count: 1,
      total: 1,
    });
    expect((await search('markdown')).results).toEqual([
      { kind: 'note', id: expect.any(String), goal_id: goal, task_id: other, snippet: expect.stringContaining('Bob') },
    ]);
    expect((await search('oauth')).results).toMatchObject([{ kind: 'goal', id: goal, status: 'in_progress' }]);
  });

  test('all words count, in any order and any case, and the last one may be a part', async () => {
    expect(await found('LOGIN build')).toEqual([login]);
    expect(await found('build keyc')).toEqual([login]);
    expect(await found('keyc build')).toEqual([]);
    expect(await found('endp')).toEqual([login]);
    expect(await found('nowhere')).toEqual([]);
  });

  test.each([
    ['a path', 'src/auth/login.ts'],
    ['a part of a path', 'auth/login'],
    ['a file', 'login.ts'],
    ['a ticket', 'auth-42'],
    ['a repository', 'backend-api'],
    ['a word of a result', 'keycloak'],
    ['a number of a result', '8443'],
    ['a word behind a line break', 'second'],
    ['a word behind a backslash', 'table'],
    ['a word in quotes', 'quoted'],
  ])('%s is found', async (_what, query) => {
    expect(await found(query)).toEqual([login]);
  });

  test('words with an underscore, an apostrophe or letters of any language are found', async () => {
    expect(await found("user's guide")).toEqual([other]);
    expect(await found('draft')).toEqual([other]);
    expect(await found('first_draft')).toEqual([other]);
    for (const query of ['größe', 'NAÏVE', '数据库', '数据']) {
      expect((await search(query)).results).toMatchObject([{ kind: 'note', goal_id: goal }]);
    }
  });

  test('a key of a result is not a word of it', async () => {
    expect(await found('chosen')).toEqual([]);
  });

  test('an ID finds what it names first, and then what speaks of it', async () => {
    const answer = await search(login.toLowerCase().replace('-0', '-'));
    expect(answer.results.map(({ kind, id }) => [kind, id])).toEqual([
      ['task', login],
      ['note', expect.any(String)],
    ]);
    expect((await found(`${goal}.`))[0]).toBe(goal);
    expect(await found('TASK-9999')).toEqual([]);
  });

  test('a goal is found by its repository', async () => {
    expect(await found('web-client')).toEqual([goal]);
  });

  test('kind and status narrow it', async () => {
    expect(await found('the')).toHaveLength(2);
    expect(await found('the', { status: 'completed' })).toEqual([login]);
    expect(await found('the', { kind: 'goal' })).toEqual([]);
    expect(await found(login, { kind: 'note' })).toHaveLength(1);
    expect(await found(login, { status: 'pending' })).toEqual([]);
  });

  test('a description counts more than a result, and what changed is found as it is', async () => {
    const subtasks = ['Zebra crossing', 'other words'].map((description) => ({ description }));
    const tasks = await ask<Record<string, string>>('break_down_goal', { goal_id: goal, subtasks });
    const [first, second] = [tasks.first_task_id, tasks.last_task_id] as [string, string];
    await finish(second, 'a zebra was seen');
    expect(await found('zebra')).toEqual([first, second]);
    await ask('update_task', { task_id: first, description: 'no animals' });
    await ask('delete_task', { task_id: second });
    expect(await found('zebra')).toEqual([]);
  });

  test('a snippet shows the words, however far they are', async () => {
    const description = `${'far '.repeat(1_500)}the Needle is here ${'away '.repeat(600)}`;
    const { id } = await ask<{ id: string }>('create_goal', { description });
    const [result] = (await search('needle')).results;
    expect(result).toMatchObject({ id, snippet: expect.stringMatching(/^….*the Needle is here.*…$/) });
    expect(result?.snippet.length).toBeLessThan(210);
  });

  test('whatever the limits allow is stored, and found where it counts', async () => {
    const { id } = await ask<{ id: string }>('create_goal', { description: 'largest' });
    const tasks = await ask<Record<string, string>>('break_down_goal', {
      goal_id: id,
      subtasks: [{ description: `largestone ${'x'.repeat(9_989)}` }],
    });
    const task_id = tasks.first_task_id as string;
    const distinct = (length: number, first: number, by = ' ') => {
      let text = '';
      for (let n = first; text.length < length; n += 1) text += `${n.toString(36)}${by}`;
      return text.slice(0, length);
    };
    const characters = (bytes: number) => {
      let text = '';
      for (let n = 0; text.length * 3 < bytes; n += 2)
        text += `${String.fromCodePoint(0x4e00 + (n % 20_000), 0x4e00 + ((n * 7) % 20_000))} `;
      return text;
    };
    for (const result of [
      distinct(kib256 - 2, 46_656),
      distinct(kib256 - 2, 1, '-'),
      characters(kib256 - 10_000),
      Array.from({ length: 30_000 }, (_, n) => n * 7),
      '\\'.repeat(kib256 / 2 - 1),
      '\u{1f600} '.repeat(50_000),
      '<a>&amp;'.repeat(30_000),
      'http://a.b/c?d=e-f '.repeat(10_000),
    ]) {
      await finish(task_id, result);
    }
    await finish(task_id, `${distinct(7_000, 1_000)} nearby ${distinct(200_000, 100_000)} beyond`);
    expect(await found('nearby')).toEqual([task_id]);
    expect(await found('beyond')).toEqual([]);
    const words = distinct(9_000, 60_000_000);
    for (const text of [words, characters(29_000)]) {
      await ask('update_task', { task_id, description: text });
      await ask('update_goal', { goal_id: id, description: text });
      await ask('add_note', { goal_id: id, text });
    }
  });

  test('an answer is short, whatever was found', async () => {
    for (const filling of ['\u0001', '"', '\u{1f600}', 'x']) {
      const description = `plenty ${filling.repeat(9_900 / filling.length)}`;
      const { id } = await ask<{ id: string }>('create_goal', { description });
      await ask('break_down_goal', { goal_id: id, subtasks: Array.from({ length: 60 }, () => ({ description })) });
    }
    const { text } = await server.call('search', { query: 'plenty', limit: 50 });
    expect(text.length).toBeLessThanOrEqual(20_000);
    expect(JSON.parse(text)).toMatchObject({ total: 204 });
  });

  test('of a word that is everywhere 200 of a kind are weighed', async () => {
    const { id } = await ask<{ id: string }>('create_goal', { description: 'g' });
    const subtasks = Array.from({ length: 700 }, () => ({ description: 'everywhere' }));
    await ask('break_down_goal', { goal_id: id, subtasks });
    expect(await search('everywhere', { limit: 3 })).toMatchObject({ count: 3, total: 200 });
  });

  test.each([
    `'; drop table goals; --`,
    `a' & !b | (c:*) <-> d`,
    `\\' \\\\ slashes ' '' "`,
    'x:* | !y',
    '%_* $1 $$',
    '🙂🙃 👩‍👩‍👧',
    'é\u0301 \u202e \ufeff',
    '<b>&amp;',
    `${'word '.repeat(39)}word`,
  ])('%j is looked for as the words that it is', async (query) => {
    await search(query);
    const { id } = await ask<{ id: string }>('create_goal', { description: `xx ${query}` });
    const ids = await found(query);
    if (/[a-z]/.test(query)) expect(ids).toEqual([id]);
    await ask('delete_goal', { goal_id: id });
  });

  test('a query without words, and wrong arguments, are refused', async () => {
    const none = 'search: the query has no word to look for; write words, an ID or a ticket.';
    for (const query of ['!!!', '"…"', `'`, '\\']) expect(await refusal('search', { query })).toBe(none);
    expect(await refusal('search', { query: ' ' })).toContain('is empty; say something');
    expect(await refusal('search', {})).toContain('query is missing');
    expect(await refusal('search', { query: 'x'.repeat(201) })).toContain('the limit is 200');
    expect(await refusal('search', { query: 'a\0' })).toContain('NUL character');
    expect(await refusal('search', { query: 'a\ud800' })).toContain('half of a surrogate pair');
    expect(await refusal('search', { query: 'x', kind: 'event' })).toContain('must be one of goal, task, note');
    expect(await refusal('search', { query: 'x', status: 'sometime' })).toContain(
      'must be one of pending, in_progress',
    );
    expect(await refusal('search', { query: 'x', limit: 51 })).toContain('the most is 50');
  });

  test('all that was done leaves every count right', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
