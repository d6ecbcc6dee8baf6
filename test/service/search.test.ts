import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks, releaseTasks } from '../../src/service/claims.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { search } from '../../src/service/search.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { undo } from '../../src/service/undo.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { fillWords } from '../../src/store/fill-words.ts';
import { runOnSession } from '../../src/store/run-on.ts';
import { withSession } from '../../src/store/session.ts';
import { afterFile } from '../support/after-file.ts';
import { aGoal, aSubtask } from '../support/builders.ts';
import { aCall, aDatabase, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';

const found = async (call: Call, query: string, more: Partial<Parameters<typeof search>[1]> = {}) =>
  (await search(call, { query, limit: 50, ...more })).found;
const idsFound = async (call: Call, query: string, more: Partial<Parameters<typeof search>[1]> = {}) =>
  (await found(call, query, more)).map(({ id }) => id);

/** What is written, and queries that find it. */
const pairs: [string, string[]][] = [
  ['Überprüfung der Straße', ['überprüfung', 'ÜBERPRÜFUNG', 'Uberprufung', 'strasse', 'STRASSE', 'straße']],
  ['Задача: ещё раз', ['задача', 'ЗАДАЧА', 'Зада', 'еще']],
  ['İstanbul’a IŞIK', ['istanbul', 'İSTANBUL', 'ıstanbul', 'isik', 'ışık']],
  ['ΟΔΟΣ Σίσυφος', ['οδος', 'οδοσ', 'ΣΊΣΥΦΟΣ', 'σισυφος']],
  ['send the résumé', ['resume', 'résumé', 're\u0301sume\u0301', 'RESUME']],
  ['cafe\u0301 na\u00efve', ['café', 'cafe', 'nai\u0308ve', 'naive']],
  ['Łódź Øresund Þór ﬁx ＡＢＣ', ['lodz', 'łódź', 'oresund', 'thor', 'fix', 'abc']],
  ['שָׁלוֹם مُحَمَّد', ['שלום', 'محمد']],
  ['修复登录页面的错误', ['登录', '页面', '登', '误', '修复登录页面的错误', '登录 错误']],
  ['ログインページの不具合を直す', ['ページ', 'ログイン', '不具合', '直す', 'ﾍﾟｰｼﾞ']],
  ['แก้ไขหน้าเข้าสู่ระบบ', ['เข้าสู่ระบบ', 'ระบบ', 'หน้า']],
  ['로그인을 고치다', ['로그인', '로그인 고치']],
  [
    'call getUserProfileById twice',
    ['UserProfile', 'userProfile', 'user_profile', 'profile', 'getUserProf', 'getuserprofilebyid'],
  ],
  ['parse_HTMLPage of GitHub', ['HTMLPage', 'html page', 'github', 'GitHub', 'hub', 'parse']],
  ['released as v1.2.3, sha256', ['1.2.3', 'v1.2.3', '1.2', '256', 'sha256', 'SHA 256']],
  ['ship it 🚀 👩‍👩‍👧', ['🚀', '👧', 'ship 🚀']],
];

async function aDatabaseInC(): Promise<pg.ClientConfig> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const administer = async (sql: string) => {
    const client = new pg.Client({ ...inject('postgres'), database: 'postgres' });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await administer(`create database ${name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`);
  afterFile(() => administer(`drop database ${name} with (force)`));
  return { ...inject('postgres'), database: name };
}

describe.each([
  ['C', aDatabaseInC],
  ['of the server', () => aDatabase()],
])('on a database with the locale %s', (_locale, database) => {
  let call: Call;
  const goals = new Map<string, string>();

  beforeAll(async () => {
    call = { store: await aStore(await database()), actor: 'tester' };
    for (const [text] of pairs) goals.set(text, await aGoal(call, text));
  });

  it.each(pairs.flatMap(([text, queries]) => queries.map((query) => [text, query])))(
    '%s is found by %s',
    async (text, query) => {
      const [first] = await found(call, query as string);
      expect(first?.id).toBe(goals.get(text as string));
    },
  );

  it.each([
    ['登录', '录登'],
    ['getUserProfileById', 'ProfileUsers'],
    ['1.2.3', '1.2.4'],
    ['fix', 'fiχ'],
  ])('what has %s is not found by %s', async (_text, query) => {
    expect(await found(call, query)).toEqual([]);
  });
});

describe('words', () => {
  it('are found again after every change, and after it was taken back', async () => {
    const { call, sql } = await aCall();
    const goal = await aGoal(call, 'outline');
    const { taskIds } = await breakDownGoal(call, goal, [
      aSubtask({ description: 'zebra', repo: 'barn', jira_ticket: 'ZOO-7' }),
    ]);
    const [task] = taskIds as [string];
    await addNote(call, { taskId: task }, 'giraffe');
    await setTaskStatus(call, { taskId: task, status: 'completed', result: { seen: 'hippo' } });
    await updateTask(call, task, { edit: { description: 'okapi' } });
    for (const query of ['okapi', 'barn', 'zoo-7', 'hippo', 'okapi hippo'])
      expect(await idsFound(call, query)).toEqual([task]);
    expect(await found(call, 'zebra')).toEqual([]);
    await undo(call, undefined);
    expect(await idsFound(call, 'zebra hippo')).toEqual([task]);
    await deleteGoal(call, goal);
    for (const query of ['zebra', 'giraffe', 'outline']) expect(await found(call, query)).toEqual([]);
    await undo(call, undefined);
    for (const query of ['zebra hippo', 'barn', 'giraffe', 'outline']) expect(await found(call, query)).toHaveLength(1);
    await setTaskStatus(call, { taskId: task, status: 'completed', result: null });
    expect(await found(call, 'hippo')).toEqual([]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('stay as they are where a result was refused', async () => {
    const { call, sql } = await aCall();
    const { taskIds } = await breakDownGoal(call, await aGoal(call), [aSubtask()]);
    const [taskId] = taskIds as [string];
    await claimTasks({ ...call, actor: 'other' }, { limit: 1, leaseSeconds: 60 });
    await expect(setTaskStatus(call, { taskId, status: 'completed', result: 'quagga' })).rejects.toThrow('claimed by');
    expect(await found(call, 'quagga')).toEqual([]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('of another workspace are not found', async () => {
    const { call, connection } = await aCall();
    const other: Call = { store: await aStore(connection, { workspace: 'other' }), actor: 'tester' };
    await aGoal(call, 'lynx');
    expect(await found(other, 'lynx')).toEqual([]);
    expect(await found(call, 'lynx')).toHaveLength(1);
  });

  it('of every block are found, and those of few tasks with a status among many', async () => {
    const { call, sql, connection } = await aCall();
    const goal = await aGoal(call);
    await sql.query(
      `insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, assigned_tools)
      select $1, 'TASK-' || lpad(n::text, greatest(4, length(n::text)), '0'), n, $2, 'common word' || n, 'general',
        (case when n % 100000 = 7 then 'blocked' else 'pending' end)::task_status, 'low', '{}'
      from generate_series(7, 1000000, 500) as n`,
      [call.store.workspaceId, goal],
    );
    await sql.query("update counters set next = 1000001 where kind = 'task'");
    await withSession(connection, (session) => fillWords(runOnSession(session)));
    for (const number of [7, 65_007, 66_007, 131_507, 999_507]) {
      expect(await idsFound(call, `word${number} common`)).toEqual([`TASK-${String(number).padStart(4, '0')}`]);
    }
    expect(await idsFound(call, 'common', { status: 'blocked' })).toHaveLength(10);
    // of a word that is everywhere the newest are looked at
    const newest = await idsFound(call, 'common');
    expect(newest.every((id) => Number(id.slice(5)) > 890_000)).toBe(true);
    expect((await search(call, { query: 'common', limit: 1 })).total).toBe(200);
  });

  it('are not written where no text changes: a status, a claim, a release', async () => {
    const { call, sql } = await aCall();
    const description = Array.from({ length: 300 }, (_, n) => `word${n}`).join(' ');
    const { taskIds } = await breakDownGoal(call, await aGoal(call), [aSubtask({ description })]);
    const [taskId] = taskIds as [string];
    const versions = async () => (await sql.query('select xmin::text, ctid::text from task_words')).rows;
    const before = await versions();
    await setTaskStatus(call, { taskId, status: 'in_progress' });
    await setTaskStatus(call, { taskId, status: 'pending' });
    await claimTasks(call, { limit: 1, leaseSeconds: 60 });
    await claimTasks(call, { taskIds: [taskId], limit: 1, leaseSeconds: 60 });
    await releaseTasks(call, { taskIds: [taskId] });
    await updateTask(call, taskId, { edit: { priority: 'high' } });
    expect(await versions()).toEqual(before);
    const { rows } = await sql.query(
      "select count(*)::int4 as count from pg_index i join pg_am a on a.amname = 'gin' join pg_class x on x.oid = i.indexrelid and x.relam = a.oid where i.indrelid in ('tasks'::regclass, 'goals'::regclass)",
    );
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('of goals come with their repositories', async () => {
    const { call } = await aCall();
    const { id } = await createGoal(call, {
      description: 'g',
      priority: 'low',
      repos: ['acme/web-client'],
      metadata: {},
    });
    expect(await idsFound(call, 'web-client')).toEqual([id]);
    expect(await idsFound(call, 'acme')).toEqual([id]);
  });
});
