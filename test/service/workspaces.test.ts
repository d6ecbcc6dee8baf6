import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { GoalAgentError } from '../../src/domain/errors.ts';
import { deleteWithExport } from '../../src/legacy/backup/delete-with-export.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { deleteGoal } from '../../src/service/delete-goal.ts';
import { createGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { undo } from '../../src/service/undo.ts';
import { createWorkspace, deleteWorkspace, listWorkspaces, renameWorkspace } from '../../src/service/workspaces.ts';
import { aGoal, someTasks } from '../support/builders.ts';
import { aCall, aStore } from '../support/database.ts';

const { call, sql, connection } = await aCall();
const { database } = call.store;
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-deletion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let names = 0;
async function aTeam(writers: number): Promise<PoolCall[]> {
  names += 1;
  const workspace = `team-${names}`;
  return Promise.all(
    Array.from({ length: writers }, async (_, n) => ({
      store: await aStore(connection, { workspace, poolSize: 1, maxOverflow: 2 }),
      actor: `writer ${n}`,
    })),
  );
}

const tables = async () =>
  (
    await sql.query(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'workspace_id' order by 1`,
    )
  ).rows.map((row) => row.name as string);

const goal = { description: 'x', priority: 'medium' as const, repos: [], metadata: {} };

describe('a workspace that is deleted', () => {
  it('has left nothing in any table, however its writers go on, and all that was acknowledged is in the file', async () => {
    for (let round = 0; round < 8; round += 1) {
      const writers = await aTeam(4);
      const [first] = writers as [PoolCall];
      const { workspace, workspaceId } = first.store;
      const old = await aGoal(first);
      const tasks = await someTasks(first, old, 20);
      const acknowledged = { goals: new Set([old]), tasks: new Set(tasks), completed: new Set<string>(), notes: 0 };
      let isOver = false;
      const write = async (writer: PoolCall, n: number) => {
        while (!isOver) {
          const made = await aGoal(writer);
          acknowledged.goals.add(made);
          for (const task of await someTasks(writer, made, 2)) acknowledged.tasks.add(task);
          await addNote(writer, { goalId: made }, 'a note');
          acknowledged.notes += 1;
          const taskId = tasks[(n * 5 + Math.floor(Math.random() * 5)) % 20] as string;
          await setTaskStatus(writer, { taskId, status: 'completed' });
          acknowledged.completed.add(taskId);
          const gone = await aGoal(writer);
          await deleteGoal(writer, gone);
          const back = await undo(writer, undefined);
          acknowledged.goals.add(back.events[0]?.goal_id as string);
        }
      };
      const ends = writers.map((writer, n) => write(writer, n).catch((error) => error));
      await sleep(Math.random() * 120);
      const file = path.join(folder, `${workspace}.json`);
      await deleteWithExport({ database }, workspace, file);
      await sleep(50);
      isOver = true;
      for (const end of await Promise.all(ends)) {
        if (end !== undefined)
          expect(end).toMatchObject({ name: 'GoalAgentError', code: expect.stringMatching(/not_found|conflict/) });
      }
      const left: string[] = [];
      for (const table of await tables()) {
        const { rowCount } = await sql.query(`select from ${table} where workspace_id = $1`, [workspaceId]);
        if (rowCount !== 0) left.push(table);
      }
      expect(left).toEqual([]);
      const kept = JSON.parse(readFileSync(file, 'utf8'));
      const idsOf = (rows: { id: string }[]) => new Set(rows.map(({ id }) => id));
      expect([...acknowledged.goals].filter((id) => !idsOf(kept.goals).has(id))).toEqual([]);
      expect([...acknowledged.tasks].filter((id) => !idsOf(kept.tasks).has(id))).toEqual([]);
      expect(kept.notes.length).toBeGreaterThanOrEqual(acknowledged.notes);
      const done = idsOf(kept.tasks.filter((task: { status: string }) => task.status === 'completed'));
      expect([...acknowledged.completed].filter((id) => !done.has(id))).toEqual([]);
    }
  });

  it('takes no goal of a process that has it open still, and says why', async () => {
    const [writer] = (await aTeam(1)) as [PoolCall];
    await deleteWorkspace({ database }, writer.store.workspace, async () => {});
    await expect(createGoal(writer, goal)).rejects.toMatchObject({
      code: 'not_found',
      message:
        'The workspace of this call was deleted while Goal Agent used it; nothing was saved. Restart Goal Agent, or use another workspace.',
    });
  });

  it('is deleted by one of several who try', async () => {
    const [writer] = (await aTeam(1)) as [PoolCall];
    const { workspace } = writer.store;
    const tries = await Promise.allSettled(
      Array.from({ length: 4 }, () => deleteWorkspace({ database }, workspace, async () => {})),
    );
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    for (const each of tries) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'not_found' });
  });

  it('stays where what is to keep it fails', async () => {
    const [writer] = (await aTeam(1)) as [PoolCall];
    const kept = await aGoal(writer);
    const failing = deleteWorkspace({ database }, writer.store.workspace, async () => {
      throw new GoalAgentError('invalid', 'no disk');
    });
    await expect(failing).rejects.toThrow('no disk');
    await setTaskStatus(writer, { taskId: (await someTasks(writer, kept, 1))[0] as string, status: 'completed' });
  });

  it('is begun anew by whoever opens it by its name', async () => {
    const [writer] = (await aTeam(1)) as [PoolCall];
    const { workspace, workspaceId } = writer.store;
    await aGoal(writer);
    const opened = await Promise.all([
      deleteWorkspace({ database }, workspace, async () => {}),
      ...Array.from({ length: 4 }, () => aStore(connection, { workspace })),
    ]);
    for (const store of opened.slice(1)) {
      if (store === undefined || store.workspaceId === workspaceId) continue;
      expect(await createGoal({ store, actor: 'x' }, goal)).toMatchObject({ id: expect.stringMatching(/^GOAL-/) });
    }
  });
});

describe('every table of a workspace', () => {
  it('is emptied by its deletion', async () => {
    const { rows } = await sql.query("select name from workspaces where name = 'default'");
    expect(rows).toHaveLength(1);
    const text = readFileSync(new URL('../../src/store/statements/remove-workspace.ts', import.meta.url), 'utf8');
    const emptied = [...text.matchAll(/removal\('(\w+)'\)/g)].map(([, table]) => table).toSorted();
    expect(emptied).toEqual(await tables());
  });
});

describe('a workspace that is renamed', () => {
  it('goes on for those who have it open, and has its name alone', async () => {
    const [writer] = (await aTeam(1)) as [PoolCall];
    const { workspace } = writer.store;
    await createWorkspace({ database }, `${workspace}.taken`);
    await expect(renameWorkspace({ database }, workspace, `${workspace}.taken`)).rejects.toMatchObject({
      code: 'conflict',
    });
    await renameWorkspace({ database }, workspace, `${workspace}.new`);
    const kept = await aGoal(writer);
    const again = await aStore(connection, { workspace: `${workspace}.new` });
    expect((await createGoal({ store: again, actor: 'x' }, goal)).id).not.toBe(kept);
    expect((await listWorkspaces({ database })).find(({ name }) => name === `${workspace}.new`)?.goals).toBe(2);
  });

  it.each(['', 'a b', 'x'.repeat(65), '\0', '../x'])('cannot be named %j', async (name) => {
    await expect(renameWorkspace({ database }, 'default', name)).rejects.toMatchObject({ code: 'invalid' });
    await expect(createWorkspace({ database }, name)).rejects.toMatchObject({ code: 'invalid' });
  });
});
