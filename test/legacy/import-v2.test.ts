import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { mapOf } from '../../src/legacy/check/records.ts';
import { listImportReports } from '../../src/legacy/import-reports.ts';
import { Changes } from '../../src/legacy/report.ts';
import { importV2, type V2ImportOptions } from '../../src/legacy/v2/import-v2.ts';
import { directoriesWithV2Files, takeOverV2 } from '../../src/legacy/v2/take-over.ts';
import { V2Directory } from '../../src/legacy/v2/v2-directory.ts';
import type { Call } from '../../src/service/call.ts';
import { createGoal, updateGoal } from '../../src/service/goals.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { getTask } from '../../src/service/tasks.ts';
import { updateTask } from '../../src/service/update-task.ts';
import { fillWords } from '../../src/store/fill-words.ts';
import { runOnSession } from '../../src/store/run-on.ts';
import { withSession } from '../../src/store/session.ts';
import { taskImage } from '../../src/store/statements/images.ts';
import { afterFile } from '../support/after-file.ts';
import { aCall, aStore } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aGoal, aTask } from './support/records.ts';

const fixture = path.resolve('test/fixtures/v2');

async function aDirectory(files: Record<string, unknown>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-v2-'));
  afterFile(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

async function imported(call: Call, directory: string, options: V2ImportOptions = {}) {
  const outcome = await importV2(call, new V2Directory(directory), { timezone: 'Europe/Paris', ...options });
  if (outcome.kind === 'already') throw new Error('it was imported before');
  return outcome.report;
}

const small = {
  'goals.json': { 'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001', 'TASK-0002']) },
  'tasks.json': {
    'TASK-0001': aTask('TASK-0001', 'GOAL-0001'),
    'TASK-0002': aTask('TASK-0002', 'GOAL-0001', { dependencies: ['TASK-0001'] }),
  },
  'counters.json': { goal: 1, task: 2 },
};

describe('importing the files of v2', () => {
  it("gives a record without a time that of the database's clock", async () => {
    const { call, sql } = await aCall();
    const { created_at: _, updated_at: __, ...timeless } = aGoal('GOAL-0001', []);
    const directory = await aDirectory({ 'goals.json': { 'GOAL-0001': timeless }, 'tasks.json': {} });
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2001-01-01') });
    await imported(call, directory).finally(() => vi.useRealTimers());
    const { rows } = await sql.query("select now() - created_at < interval '1 minute' as fresh from goals");
    expect(rows).toEqual([{ fresh: true }]);
  });

  it('keeps every record, with its times to the microsecond, and goes on numbering after the counters', async () => {
    const { call, sql } = await aCall();
    const before = await readFile(path.join(fixture, 'tasks.json'));
    const report = await imported(call, fixture);
    expect(report).toMatchObject({ found: { goals: 8, tasks: 31 }, imported: { goals: 8, tasks: 31 }, changes: [] });
    const { rows } = await sql.query(
      `select created_at = '2026-11-22T16:21:40.328312+01' as exact, status from tasks where id = 'TASK-0001'`,
    );
    expect(rows).toEqual([{ exact: true, status: 'completed' }]);
    expect(await getTask(call, 'TASK-0028')).toMatchObject({ result: 'token bucket wins', goal_id: 'GOAL-0007' });
    expect(await brokenInvariants(sql)).toEqual({});
    const goal = await createGoal(call, { description: 'next', priority: 'low', repos: [], metadata: {} });
    expect(goal.id).toBe('GOAL-0009');
    expect((await sql.query(`select next from counters where kind = 'task'`)).rows).toEqual([{ next: '33' }]);
    expect(await readFile(path.join(fixture, 'tasks.json'))).toEqual(before);
  });

  it('begins the history of each row, in one operation', async () => {
    const { call, sql } = await aCall();
    await imported({ ...call, actor: 'import v2' }, fixture);
    const { rows } = await sql.query(`
      select count(*)::int, count(distinct operation)::int as operations, min(e.seq) > min(e.operation) as begins, count(distinct e.seq)::int as numbers
      from events e join operations o on o.seq = e.operation where action = 'created' and o.actor = 'import v2' and before is null and after is not null`);
    expect(rows).toEqual([{ count: 39, operations: 1, begins: true, numbers: 39 }]);
    const { rows: images } = await sql.query(
      `select after -> 'dependencies' as dependencies from events where task_id = 'TASK-0005'`,
    );
    expect(images).toEqual([{ dependencies: ['TASK-0003', 'TASK-0004'] }]);
  });

  it('begins it with the image that the database would make of the row', async () => {
    const { call, sql } = await aCall();
    const tasks = ['.100000', '.000000', '', '.120034', '.000001', '.000120'].map((fraction, n) => {
      const time = `2026-11-22T00:00:00${fraction}`;
      const [created_at, completed_at] = [time, n % 2 === 0 ? time : null];
      const status = completed_at === null ? 'pending' : 'completed';
      const result = n % 2 === 0 ? { text: 'fertig – ✓', numbers: [1e3, 0.1, -0], none: null } : null;
      const dependencies = ['TASK-0001', 'TASK-0002'].slice(0, n);
      const fields = { created_at, updated_at: time, completed_at, status, result, dependencies };
      return aTask(`TASK-000${n + 1}`, 'GOAL-0001', fields);
    });
    await imported(call, await aDirectory({ ...small, 'tasks.json': Object.fromEntries(tasks.map((t) => [t.id, t])) }));
    await sql.query(`set timezone to 'UTC'`);
    const { rows } = await sql.query(
      `select e.after as given, ${taskImage('t')} as image from events e join tasks t on t.id = e.task_id where t.workspace_id = $1`,
      [call.store.workspaceId],
    );
    expect(rows).toHaveLength(tasks.length);
    for (const { given, image } of rows) expect(given).toEqual(image);
  });

  it('makes rows that work: a finished dependency makes an imported task ready', async () => {
    const { call, sql } = await aCall();
    await imported(call, await aDirectory(small));
    await setTaskStatus(call, { taskId: 'TASK-0001', status: 'completed' });
    expect(
      (await sql.query(`select id from tasks where status = 'pending' and open_dependencies = 0 and not parked`)).rows,
    ).toEqual([{ id: 'TASK-0002' }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('happens once for each content, and again when the content has changed, without touching what is there', async () => {
    const { call, sql } = await aCall();
    const directory = await aDirectory(small);
    await imported(call, directory);
    await updateGoal(call, 'GOAL-0001', { description: 'mine' });
    expect(await importV2(call, new V2Directory(directory))).toMatchObject({ kind: 'already' });
    const tasks = {
      ...small['tasks.json'],
      'TASK-0003': aTask('TASK-0003', 'GOAL-0001', { dependencies: ['TASK-0001'] }),
    };
    await writeFile(path.join(directory, 'tasks.json'), JSON.stringify(tasks));
    const report = await imported(call, directory);
    expect(report.imported).toEqual({ goals: 0, tasks: 1, dependencies: 1 });
    expect(report.changes.filter((change) => change.kind === 'already_there').map((change) => change.id)).toEqual([
      'GOAL-0001',
      'TASK-0001',
      'TASK-0002',
    ]);
    expect((await sql.query('select description, total_tasks from goals')).rows).toEqual([
      { description: 'mine', total_tasks: 3 },
    ]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('completes or parks where imported tasks meet goals that are there', async () => {
    const { call, sql } = await aCall();
    const directory = await aDirectory(small);
    await imported(call, directory);
    await sql.query(`update goals set status = 'cancelled'; update tasks set parked = true`);
    const tasks = { ...small['tasks.json'], 'TASK-0003': aTask('TASK-0003', 'GOAL-0001') };
    await writeFile(path.join(directory, 'tasks.json'), JSON.stringify(tasks));
    await imported(call, directory);
    expect((await sql.query(`select parked from tasks where id = 'TASK-0003'`)).rows).toEqual([{ parked: true }]);
    const rules = Object.keys(await brokenInvariants(sql));
    // the updates above wrote no history
    expect(rules.filter((rule) => !rule.includes('last event'))).toEqual([]);
  });

  it('gives new IDs to what is there already when told to renumber, and keeps the references', async () => {
    const { call, sql } = await aCall();
    const directory = await aDirectory(small);
    await imported(call, directory);
    const report = await imported(call, directory, { onConflict: 'renumber' });
    expect(report.imported).toEqual({ goals: 1, tasks: 2, dependencies: 1 });
    expect((await sql.query('select task_id, depends_on_id from task_dependencies order by 1')).rows).toEqual([
      { task_id: 'TASK-0002', depends_on_id: 'TASK-0001' },
      { task_id: 'TASK-0004', depends_on_id: 'TASK-0003' },
    ]);
    expect((await createGoal(call, { description: 'next', priority: 'low', repos: [], metadata: {} })).id).toBe(
      'GOAL-0003',
    );
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('overwrites what is there when told to, with the old row in the history', async () => {
    const { call, sql, connection } = await aCall();
    await imported(call, await aDirectory(small));
    const changed = {
      'goals.json': {
        'GOAL-0001': aGoal('GOAL-0001', ['TASK-0001'], { description: 'other' }),
        'GOAL-0002': aGoal('GOAL-0002', ['TASK-0002']),
      },
      'tasks.json': {
        'TASK-0001': aTask('TASK-0001', 'GOAL-0001', {
          status: 'completed',
          completed_at: '2025-06-05T00:00:00',
          dependencies: [],
        }),
        'TASK-0002': aTask('TASK-0002', 'GOAL-0002', { dependencies: [] }),
      },
    };
    // a task of a goal that the import knows nothing of waits for one that the import completes
    await sql.query(`insert into goals (workspace_id, id, number, description, priority, status, repos, metadata, total_tasks, open_tasks)
      select workspace_id, 'GOAL-0077', 77, 'mine', 'low', 'in_progress', '{}', '{}', 1, 1 from goals`);
    await sql.query(`insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, assigned_tools, open_dependencies)
      select workspace_id, 'TASK-0009', 9, 'GOAL-0077', 'mine', 'x', 'pending', 'low', '{}', 1 from tasks where id = 'TASK-0001'`);
    await sql.query(
      `insert into task_dependencies select workspace_id, 'TASK-0009', id, 0 from tasks where id = 'TASK-0001'`,
    );
    await withSession(connection, (session) => fillWords(runOnSession(session)));
    // by their labels they are listed and claimed, as what the import makes of them
    for (const id of ['TASK-0001', 'TASK-0002', 'TASK-0009']) await updateTask(call, id, { edit: { labels: ['ui'] } });
    await updateGoal(call, 'GOAL-0001', { labels: ['q3'] });
    await imported(call, await aDirectory(changed), { onConflict: 'overwrite' });
    expect((await sql.query('select id, description, total_tasks, open_tasks from goals order by id')).rows).toEqual([
      { id: 'GOAL-0001', description: 'other', total_tasks: 1, open_tasks: 0 },
      { id: 'GOAL-0002', description: 'goal GOAL-0002', total_tasks: 1, open_tasks: 1 },
      { id: 'GOAL-0077', description: 'mine', total_tasks: 1, open_tasks: 1 },
    ]);
    expect(
      (await sql.query('select count(*)::int from task_dependencies where task_id = $1', ['TASK-0002'])).rows,
    ).toEqual([{ count: 0 }]);
    const { rows } = await sql.query(
      `select before ->> 'description' as before, after ->> 'description' as after from events where action = 'updated' and task_id is null and before ? 'description'`,
    );
    expect(rows).toEqual([{ before: 'goal GOAL-0001', after: 'other' }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('writes nothing in a dry run, and tells the same', async () => {
    const { call, sql } = await aCall();
    const directory = await aDirectory({ ...small, 'counters.json': { goal: 0, task: 0 } });
    const dry = await imported(call, directory, { dryRun: true });
    const { rows } = await sql.query(
      `select (select count(*) from goals) + (select count(*) from events) + (select count(*) from imports) as rows, (select sum(next) from counters) as counters`,
    );
    expect(rows).toEqual([{ rows: '0', counters: '4' }]);
    expect(await imported(call, directory)).toEqual(dry);
  });

  it('keeps its report, which can be read again', async () => {
    const { call } = await aCall();
    const directory = await aDirectory({ ...small, 'counters.json': '{"goal": null}' });
    const report = await imported(call, directory);
    const [kept] = await listImportReports(call);
    expect(kept?.report).toEqual(report);
    expect(kept?.source).toBe(`v2 files in ${directory}`);
  });

  it('is all or nothing', async () => {
    const { call, sql } = await aCall();
    await sql.query(`alter table imports add constraint never check (source = '')`);
    await expect(imported(call, fixture)).rejects.toThrow('never');
    expect((await sql.query('select count(*)::int from goals')).rows).toEqual([{ count: 0 }]);
    expect((await sql.query('select count(*)::int from events')).rows).toEqual([{ count: 0 }]);
  });

  it('done by several at once is done once', async () => {
    const { call, sql, connection } = await aCall();
    const others = await Promise.all([1, 2, 3].map(() => aStore(connection)));
    const calls = [call, ...others.map((store) => ({ store, actor: 'another' }))];
    const outcomes = await Promise.all(calls.map((each) => importV2(each, new V2Directory(fixture))));
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['already', 'already', 'already', 'imported']);
    expect((await sql.query('select count(*)::int from tasks')).rows).toEqual([{ count: 31 }]);
  });
});

describe('files that cannot be understood', () => {
  it.each([
    ['goals.json', '{\n  "GOAL-0001": {"id": "GO', 'goals.json, line 2, column 26: the text ends in the middle'],
    ['goals.json', '[]', 'goals.json, line 1, column 1: an object ({…}) belongs here'],
    [
      'tasks.json',
      '{"TASK-0001":\n  5}',
      'tasks.json, line 2, column 3: the record "TASK-0001" is 5, and has to be an object',
    ],
    ['counters.json', '{"goal": 1,}', 'counters.json, line 1, column 12: a key in double quotes belongs here'],
    ['tasks.json', Buffer.from('{\n"x\xff": 1}', 'latin1'), 'tasks.json, line 2, column 3: the text is not UTF-8'],
  ])('%s stops the import with its place, and nothing is written', async (name, content, message) => {
    const { call, sql } = await aCall();
    const directory = await aDirectory(small);
    await writeFile(path.join(directory, name), content);
    await expect(importV2(call, new V2Directory(directory))).rejects.toThrow(path.join(directory, message));
    expect((await sql.query('select count(*)::int from goals')).rows).toEqual([{ count: 0 }]);
  });

  it('that are not there are named', async () => {
    const { call } = await aCall();
    await expect(importV2(call, new V2Directory('/nowhere'))).rejects.toThrow(
      '/nowhere holds neither goals.json nor tasks.json',
    );
    await expect(importV2(call, new V2Directory(fixture), { timezone: 'Mars/Base' })).rejects.toThrow(
      'Mars/Base is no time zone',
    );
  });
});

it('an import tells what concerns one record together, and last what was there already', async () => {
  const { call } = await aCall();
  const directory = await aDirectory(small);
  await imported(call, directory);
  const tasks = {
    ...small['tasks.json'],
    'TASK-0010': aTask('TASK-0010', 'GOAL-0001', { owner: 'ann', dependencies: ['TASK-0404'] }),
    'TASK-0009': aTask('TASK-0009', 'GOAL-0001', { status: 'waiting' }),
  };
  await writeFile(path.join(directory, 'tasks.json'), JSON.stringify(tasks));
  const { changes } = await imported(call, directory);
  expect(changes.map(({ kind, id }) => `${id} ${kind}`)).toEqual([
    'GOAL-0001 task_not_listed',
    'GOAL-0001 task_not_listed',
    'task counter',
    'TASK-0009 unknown_status',
    'TASK-0010 missing_dependency',
    'TASK-0010 extra_field',
    'GOAL-0001 already_there',
    'TASK-0001 already_there',
    'TASK-0002 already_there',
  ]);
});

describe('a directory of v2 files', () => {
  it('that was looked through ahead gives the same records and changes, and reads them again when asked again', async () => {
    const text = JSON.stringify(small['tasks.json']).replace('"result":null', '"result":NaN');
    const directory = await aDirectory({ ...small, 'tasks.json': text });
    const read = async (files: V2Directory) => {
      const changes = new Changes();
      const records = await files.records(changes);
      return { tasks: mapOf(records.tasks), changes: changes.list };
    };
    const plain = await read(new V2Directory(directory));
    expect(plain.tasks.size).toBe(2);
    expect(plain.changes).toHaveLength(1);
    const ahead = new V2Directory(directory).lookAhead();
    expect(await ahead.hash()).toBe(await new V2Directory(directory).hash());
    expect(await read(ahead)).toEqual(plain);
    expect(await read(ahead)).toEqual(plain);
  });

  it('that changes after its hash was given out is refused', async () => {
    const directory = await aDirectory(small);
    const files = new V2Directory(directory);
    await files.hash();
    await files.records(new Changes());
    await writeFile(path.join(directory, 'counters.json'), '{"goal": 2, "task": 2}');
    await expect(files.records(new Changes())).rejects.toThrow(
      `The files in ${directory} changed while they were read.`,
    );
  });

  it('that cannot be read fails when it is asked, not before', async () => {
    const files = new V2Directory(await aDirectory({ 'goals.json': '{' })).lookAhead();
    await new Promise((resolve) => setTimeout(resolve, 50)); // an unhandled rejection would end the test
    await expect(files.records(new Changes())).rejects.toThrow('goals.json, line 1, column 2');
  });
});

describe('taking over on the first start', () => {
  it('imports what it finds, tells each thing once, and goes on when one directory cannot be read', async () => {
    const { call, sql } = await aCall();
    const broken = await aDirectory({ 'goals.json': '{' });
    const directory = await mkdtemp(path.join(tmpdir(), 'goal-agent-v2-'));
    await cp(fixture, directory, { recursive: true });
    const found = await directoriesWithV2Files(
      [broken, '/nowhere', directory, directory].map((each) => ({ path: each, isNamed: true })),
    );
    expect(found.map((each) => each.path)).toEqual([broken, directory]);
    const taken = await takeOverV2(call, found);
    expect(taken).toMatchObject([
      { problem: expect.stringContaining('goals.json, line 1, column 2') },
      { lines: expect.any(Array) },
    ]);
    expect(taken[1]?.lines?.[0]).toBe(
      `v2 files in ${directory}: found 8 goals, 31 tasks, 23 dependencies; imported 8 goals, 31 tasks, 23 dependencies`,
    );
    expect((await takeOverV2(call, found)).map((each) => each.directory)).toEqual([broken]);
    expect((await sql.query('select count(*)::int from goals')).rows).toEqual([{ count: 8 }]);
    await rm(directory, { recursive: true });
  });

  it('takes from a directory that nobody named only into an empty store, and later says how to import it', async () => {
    const { call, sql } = await aCall();
    const ofUser = { path: await aDirectory(small), isNamed: false };
    expect(await takeOverV2(call, [ofUser])).toMatchObject([{ lines: expect.any(Array) }]);
    expect(await takeOverV2(call, [ofUser])).toEqual([]);
    const other = await aDirectory({ ...small, 'goals.json': { 'GOAL-0007': aGoal('GOAL-0007') } });
    expect(await takeOverV2(call, [ofUser, { path: other, isNamed: false }])).toMatchObject([
      {
        directory: other,
        problem: `The v2 files in ${other} were not taken over, because this store is in use. If they are yours: goal-agent import v2 "${other}"`,
      },
    ]);
    expect((await sql.query('select id from goals')).rows).toEqual([{ id: 'GOAL-0001' }]);
    expect(await takeOverV2(call, [{ path: other, isNamed: true }])).toMatchObject([{ lines: expect.any(Array) }]);
  });

  it.each([
    ['of another program', { 'goals.json': { goals: { '1': { id: '1', description: 'First' } } } }],
    ['with numbers for keys', { 'goals.json': { '1': { id: '1', description: 'First' } } }],
    ['with no fields', { 'goals.json': { 'GOAL-0001': {} } }],
    ['whose tasks are of another program', { ...small, 'tasks.json': { version: {}, tasks: { description: 'x' } } }],
  ])('takes nothing from a file %s, and says so', async (_, files) => {
    const { call, sql } = await aCall();
    const directory = await aDirectory(files);
    for (const isNamed of [false, true]) {
      expect(await takeOverV2(call, [{ path: directory, isNamed }])).toMatchObject([
        {
          problem: expect.stringMatching(
            /\.json is not a file of v2: nothing in it has a key such as (GOAL|TASK)-0001/,
          ),
        },
      ]);
    }
    await expect(imported(call, directory)).rejects.toMatchObject({ code: 'invalid' });
    expect((await sql.query('select count(*)::int from goals')).rows).toEqual([{ count: 0 }]);
  });

  it('keeps the links of records whose IDs are numbers', async () => {
    const { call } = await aCall();
    const directory = await aDirectory({
      'goals.json': { 'GOAL-0001': { ...aGoal('x'), id: 41, tasks: [7, 8] } },
      'tasks.json': {
        'TASK-0007': { ...aTask('x', 'x'), id: 7, goal_id: 41 },
        'TASK-0008': { ...aTask('x', 'x'), id: 8, goal_id: 41, dependencies: [7] },
      },
    });
    const report = await imported(call, directory);
    expect(report.imported).toMatchObject({ goals: 1, tasks: 2, dependencies: 1 });
    expect(await getTask(call, 'TASK-0008')).toMatchObject({ goal_id: 'GOAL-0001', dependencies: ['TASK-0007'] });
  });
});
