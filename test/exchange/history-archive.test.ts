import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { listArchives } from '../../src/service/history-archives.ts';
import { addNote } from '../../src/service/notes.ts';
import { readChanges } from '../../src/service/read-changes.ts';
import { undo } from '../../src/service/undo.ts';
import { commandsOn } from '../cli/support.ts';
import { aGoal, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';

const { call, sql, connection } = await aCall();
const { goalAgent, lines } = commandsOn(connection);
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { workspaceId } = call.store;

let goal: string;
let old: string;
let lastOld: string;
let recent: string;
let files = 0;
let file: string;

/** Three operations of two years ago, one of a year ago, and one of today; and the positions of readers between them. */
beforeEach(async () => {
  await sql.query('truncate goals, tasks, operations, events, notes, history_archives, webhooks cascade');
  files += 1;
  file = path.join(folder, `history-${files}.gz`);
  goal = await aGoal(call, 'Sign-in');
  await someTasks(call, goal, 3);
  old = (await readChanges(call.store)).position;
  await addNote(call, { goalId: goal }, 'old');
  await sql.query(`update operations set at = at - interval '2 years'`);
  await addNote(call, { goalId: goal }, 'less old');
  await sql.query(`update operations set at = at - interval '1 year' where at > now() - interval '1 day'`);
  lastOld = (await readChanges(call.store)).position;
  await addNote(call, { goalId: goal }, 'new');
  recent = (await readChanges(call.store)).position;
});

const archive = (olderThan = '300d', ...args: string[]) =>
  lines('archive', 'history', file, '--older-than', olderThan, ...args);
const history = async () =>
  (
    await sql.query(
      `select to_jsonb(o)::text as operation, array(select to_jsonb(e)::text from events e where e.operation = o.seq order by e.seq) as events
       from operations o order by o.seq`,
    )
  ).rows;
const changesSince = async (since: string) =>
  (await readChanges(call.store, { since })).changes.map(({ type, position }) => [type, position]);

describe('history that goes to a file', () => {
  it('is shown first, is no longer in the database, and comes back as it was', async () => {
    const before = await history();
    expect(await archive('300d', '--dry-run')).toEqual([
      expect.stringMatching(/^4 operations with 7 events, from .* to .*, would go to .*history-\d+\.gz\.$/),
      expect.stringContaining('cannot be undone until they are restored'),
      'Nothing was changed. Leave out --dry-run to archive them.',
    ]);
    expect(await archive()).toContain('Nothing was changed. To archive without being asked, add --yes.');
    expect([await history(), readdirSync(folder).includes(path.basename(file))]).toEqual([before, false]);

    expect(await archive('300d', '--yes')).toContain(`To have them back: goal-agent archive restore ${file}`);
    expect((await history()).length).toBe(1);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(await lines('archive', 'list')).toEqual([
      expect.stringMatching(/^history-\d+\.gz {2}until .* {2}4 operations with 7 events {2}archived .* by ann$/),
    ]);
    expect(await lines('log')).toEqual([expect.stringContaining('noted "new"')]);
    const page = JSON.parse((await goalAgent(['log', '--json'])).stdout);
    expect(page).toMatchObject({ count: 1, archived_until: expect.stringMatching(/^20/) });
    await expect(undo(call, Number(old.split('-')[0]))).rejects.toThrow(/what is as old went to an archive/);
    // a goal whose history is gone is all there, and goes on
    expect((await lines('goal', 'show', goal)).join()).toContain('less old');
    await addNote(call, { goalId: goal }, 'after');

    expect(await lines('archive', 'restore', file)).toEqual([
      expect.stringMatching(/^Brought back 4 operations with 7 events/),
    ]);
    expect((await history()).slice(0, before.length)).toEqual(before);
    expect(await listArchives(call)).toEqual([]);
    const again = await goalAgent(['archive', 'restore', file]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('came back already')]);
  });

  it('is told to no reader with a gap: each goes on, or hears that it cannot', async () => {
    await archive('300d', '--yes');
    expect((await changesSince(lastOld)).map(([type]) => type)).toEqual(['note.created']);
    expect(await changesSince(recent)).toEqual([]);
    for (const position of [old, '0']) {
      await expect(readChanges(call.store, { since: position })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('went to an archive'),
      });
    }
    // the last event of all is in a file: a reader of now goes on from there
    await sql.query(`update operations set at = at - interval '2 years'`);
    file = path.join(folder, `history-${files}-rest.gz`);
    await archive('300d', '--yes');
    const { position } = await readChanges(call.store);
    expect(position).toBe(recent);
    await addNote(call, { goalId: goal }, 'later');
    expect((await changesSince(position)).map(([type]) => type)).toEqual(['note.created']);
  });

  it('comes back the newest file first', async () => {
    const before = await history();
    const first = file;
    await archive('600d', '--yes');
    file = path.join(folder, `history-${files}-b.gz`);
    await archive('300d', '--yes');
    const tooEarly = await goalAgent(['archive', 'restore', first]);
    expect([tooEarly.code, tooEarly.stderr]).toEqual([1, expect.stringContaining('has to come back first')]);
    await lines('archive', 'restore', file);
    await lines('archive', 'restore', first);
    expect(await history()).toEqual(before);
  });

  it('comes back where the name of an old request was used again', async () => {
    const named = `update operations set request_id = 'again', tool = 'add_note', arguments_hash = 'x', answer = '{}'`;
    await sql.query(`${named} where seq = (select min(seq) from operations)`);
    await archive('300d', '--yes');
    await sql.query(`${named} where seq = (select max(seq) from operations)`);
    await lines('archive', 'restore', file);
    expect((await history()).length).toBe(5);
  });

  it('is removed to the end by the next run, or comes back, where a run was killed in the middle', async () => {
    const before = await history();
    await archive('600d', '--yes');
    const [gone] = await listArchives(call);
    // as after a kill: the file and its mention are there, and half of the rows
    const half = before.slice(0, 2).map(({ operation }) => JSON.parse(operation).seq);
    await lines('archive', 'restore', file);
    await sql.query('delete from events where operation = any($1)', [[half[0]]]);
    await sql.query('delete from operations where seq = any($1)', [[half[0]]]);
    const put = () =>
      sql.query(
        `insert into history_archives (workspace_id, last_operation, last_seq, mark, operations, events, last_at, file, archived_by)
         values ($1, $2, $3, $4, 3, 5, $5, $6, 'ann')`,
        [workspaceId, gone?.last_operation, gone?.last_seq, gone?.mark, gone?.last_at, path.basename(file)],
      );
    await put();
    await lines('archive', 'restore', file);
    expect(await history()).toEqual(before);
    await put();
    file = path.join(folder, `history-${files}-next.gz`);
    expect((await archive('300d', '--yes'))[0]).toMatch(/^1 operation with 1 event/);
    expect((await history()).length).toBe(1);
  });

  it('stays where a webhook was not told of it, the file is there, or it is not old enough', async () => {
    await sql.query(
      `insert into webhooks (workspace_id, id, url, secret, types, created_by, position)
       values ($1, 'wh_0123456789ab', 'https://example.com', 'x', '{}', 'ann', $2)`,
      [workspaceId, old],
    );
    const refused = await goalAgent(['archive', 'history', file, '--older-than', '300d', '--yes']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('wh_0123456789ab was not told yet')]);
    await sql.query('update webhooks set position = $1', [lastOld]);
    expect((await archive('300d', '--yes')).length).toBe(4);
    const there = await goalAgent(['archive', 'history', file, '--older-than', '2d', '--yes']);
    expect(there.stdout + there.stderr).toMatch(/Nothing in the history is as old|exists already/);
    const recentOnly = await goalAgent(['archive', 'history', '--older-than', '3h']);
    expect([recentOnly.code, recentOnly.stderr]).toEqual([2, expect.stringContaining('a day at least')]);
    expect((await history()).length).toBe(1);
  });
});
