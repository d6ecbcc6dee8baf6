import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { aDatabase } from '../support/database.ts';
import { aServerForTest } from '../support/server-process.ts';
import { run } from './support/program.ts';

const fixture = path.resolve('test/fixtures/v2');

/** A working directory with the files of v2 where v2 kept them. */
function aWorkingDirectory(): { cwd: string; data: string } {
  const cwd = mkdtempSync(path.join(tmpdir(), 'goal-agent-cwd-'));
  afterFile(() => rmSync(cwd, { recursive: true, force: true }));
  const data = path.join(cwd, 'data', 'goals');
  mkdirSync(data, { recursive: true });
  cpSync(fixture, data, { recursive: true });
  return { cwd, data };
}

async function rowsOf(connection: pg.ClientConfig, query: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query(query);
  await client.end();
  return rows;
}

describe('goal-agent import and export', () => {
  it('dry run, import, report and the way back', async () => {
    const connection = await aDatabase({ empty: true });
    const { cwd } = aWorkingDirectory();
    const dry = await run(['import', 'v2', fixture, '--dry-run', '--timezone', 'UTC'], connection, { cwd });
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toContain(
      'found 8 goals, 31 tasks, 23 dependencies; would import 8 goals, 31 tasks, 23 dependencies',
    );
    expect(await rowsOf(connection, 'select count(*)::int from goals')).toEqual([{ count: 0 }]);
    const done = await run(['import', 'v2', fixture, '--json', '--timezone', 'UTC'], connection, { cwd });
    expect(JSON.parse(done.stdout)).toMatchObject({ kind: 'imported', report: { timezone: 'UTC', changes: [] } });
    const again = await run(['import', 'v2', fixture], connection, { cwd });
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^This content was imported on .*; nothing was done/),
    });
    expect((await run(['import', 'report'], connection)).stdout).toContain(`v2 files in ${fixture}: found 8 goals`);
    expect(JSON.parse((await run(['import', 'report', '--json'], connection)).stdout)).toMatchObject([
      { report: { timezone: 'UTC' } },
    ]);
    const back = await run(['export', 'v2', 'back', '--timezone', 'UTC'], connection, { cwd });
    expect(back.stdout).toBe('Wrote 8 goals and 31 tasks to back, times as in UTC.\n');
    for (const name of ['goals.json', 'tasks.json', 'counters.json']) {
      const read = (from: string) => JSON.parse(readFileSync(path.join(from, name), 'utf8'));
      expect(read(path.join(cwd, 'back'))).toEqual(read(fixture));
    }
    expect((await run(['export', 'json', 'all.json'], connection, { cwd })).code).toBe(0);
    const other = await aDatabase({ empty: true });
    expect((await run(['import', 'json', 'all.json'], other, { cwd })).stdout).toBe(
      'Restored 8 goals, 31 tasks, 0 notes and 39 events.\n',
    );
  });

  it('says what is wrong, and gives exit code 1', async () => {
    const connection = await aDatabase({ empty: true });
    const { cwd, data } = aWorkingDirectory();
    writeFileSync(path.join(data, 'tasks.json'), '{"TASK-0001": {"id": ');
    const { code, stderr } = await run(['import', 'v2', 'data/goals'], connection, { cwd });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('tasks.json, line 1, column 22: the text ends in the middle'),
    ]);
    expect((await run(['import', 'v2', data, '--on-conflict', 'merge'], connection)).code).not.toBe(0);
  });
});

describe('a first start where v2 left its files', () => {
  it('goal-agent init takes them over', async () => {
    const connection = await aDatabase({ empty: true });
    const { cwd } = aWorkingDirectory();
    const { code, stderr, stdout } = await run(['init'], connection, { cwd });
    expect([code, stdout]).toEqual([0, expect.stringContaining('8 goals, 31 tasks')]);
    expect(stderr).toContain('imported 8 goals, 31 tasks, 23 dependencies');
    expect(stderr).toContain('timestamps without a zone were read as Europe/Paris');
    expect((await run(['init'], connection, { cwd })).stderr).toBe('');
  });

  it('goal-agent mcp takes them over before it answers', async () => {
    const connection = await aDatabase({ empty: true });
    const { data } = aWorkingDirectory();
    const server = await aServerForTest({ database: connection, era: 'legacy', env: { GOAL_AGENT_V2_DIR: data } });
    expect(await server.call('get_goal', { goal_id: 'GOAL-0005' })).toMatchObject({ answer: { status: 'completed' } });
    await expect.poll(() => server.stderr()).toContain('imported 8 goals, 31 tasks');
    expect(await rowsOf(connection, `select distinct actor from operations`)).toEqual([{ actor: 'import v2' }]);
  });

  it('goal-agent mcp starts all the same when they cannot be understood, and says so', async () => {
    const connection = await aDatabase({ empty: true });
    const { data } = aWorkingDirectory();
    writeFileSync(path.join(data, 'goals.json'), '{"GOAL-0001": ');
    const server = await aServerForTest({ database: connection, era: 'legacy', env: { GOAL_AGENT_V2_DIR: data } });
    const { answer } = await server.call('create_goal', { description: 'works' });
    expect(answer).toMatchObject({ id: 'GOAL-0001' });
    const first = await aServerForTest({ database: connection, era: 'legacy', env: { GOAL_AGENT_V2_DIR: data } });
    expect((await first.call('get_agent_status')).answer.problems, 'the first call').toHaveLength(1);
    await expect.poll(() => server.stderr()).toContain('goals.json, line 1, column 15: the text ends in the middle');
  });
});
