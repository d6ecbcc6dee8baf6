import { expect, test } from 'vitest';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aServer, eras, type ServerProcess } from '../support/server-process.ts';

const processes = 8;
const rounds = 4;

// an empty one: all of them find it so at once, and each wants to create what is missing
const database = await aDatabase({ empty: true });
const servers = await Promise.all(
  Array.from({ length: processes }, (_, place) => aServer({ database, era: eras[place % 2] ?? 'modern' })),
);
const sql = await aClient(database);

/** What one call did, or the message with which it failed. */
async function done<T = Record<string, string>>(server: ServerProcess, tool: string, args: Record<string, unknown>) {
  const { answer, error } = await server.call(tool, args);
  if (error !== undefined) throw new Error(`${tool}: ${error}`);
  return answer as T;
}

test('eight processes that work at once, each with goals of its own and on one that all share, lose nothing and count right', async () => {
  const shared = (await done(servers[0] as ServerProcess, 'create_goal', { description: 'shared' })).id;
  const goals: string[] = [];
  const tasks: string[] = [];
  const sharedTasks: string[] = [];
  await Promise.all(
    servers.map(async (server) => {
      for (let round = 0; round < rounds; round += 1) {
        const { id } = await done(server, 'create_goal', { description: 'own' });
        goals.push(String(id));
        const own = await done<{ tasks: { id: string }[] }>(server, 'break_down_goal', {
          full: true,
          goal_id: id,
          subtasks: [
            { description: 'first', dependencies: sharedTasks.slice(-3) },
            { description: 'second', dependencies: ['#1'] },
            { description: 'third', dependencies: ['#1', '#2'] },
          ],
        });
        const more = await done<{ tasks: { id: string }[] }>(server, 'break_down_goal', {
          full: true,
          goal_id: shared,
          subtasks: [{ description: 'shared', dependencies: tasks.slice(-2) }, { description: 'shared' }],
        });
        const ownIds = own.tasks.map((task) => task.id);
        const sharedIds = more.tasks.map((task) => task.id);
        tasks.push(...ownIds);
        sharedTasks.push(...sharedIds);
        // tasks of others too, in an order of its own: the same rows are wanted by many at once
        const updates = [...sharedTasks.slice(-12), ...ownIds].toReversed();
        await Promise.all([
          ...ownIds.map((task_id) => done(server, 'update_task_status', { task_id, status: 'completed' })),
          done(server, 'batch_update_tasks', {
            updates: updates.map((task_id) => ({ task_id, status: 'completed', result: { round } })),
          }),
          done(server, 'update_goal', { goal_id: shared, metadata: { [`${server.pid}-${round}`]: true } }),
          done(server, 'get_next_tasks', {}),
        ]);
      }
    }),
  );
  const all = [...tasks, ...sharedTasks];
  expect(new Set(goals).size).toBe(processes * rounds);
  expect(new Set(all).size).toBe(processes * rounds * 5);
  const { rows } = await sql.query(
    'select count(*)::int4 as tasks, count(distinct number)::int4 as numbers from tasks',
  );
  expect(rows).toEqual([{ tasks: all.length, numbers: all.length }]);
  const { rows: own } = await sql.query(`select distinct status from goals where description = 'own'`);
  expect(own).toEqual([{ status: 'completed' }]);
  const { metadata } = await done<{ metadata: object }>(servers[1] as ServerProcess, 'get_goal', {
    goal_id: shared,
    full: true,
  });
  expect(Object.keys(metadata)).toHaveLength(processes * rounds);
  expect(await brokenInvariants(sql)).toEqual({});
});

test('two that reopen and complete the last tasks of one goal leave it as its tasks are', async () => {
  const [a, b] = servers as [ServerProcess, ServerProcess];
  const { id } = await done(a, 'create_goal', { description: 'two last tasks' });
  const { first_task_id, last_task_id } = await done(a, 'break_down_goal', {
    goal_id: id,
    subtasks: [{ description: 'x' }, { description: 'y' }],
  });
  for (let round = 0; round < 15; round += 1) {
    const set = (server: ServerProcess, task_id: string | undefined, status: string) =>
      done(server, 'update_task_status', { task_id, status });
    await Promise.all([set(a, first_task_id, 'completed'), set(b, last_task_id, 'completed')]);
    expect(await done(b, 'get_goal', { goal_id: id })).toMatchObject({ status: 'completed', completed_tasks: 2 });
    await Promise.all([set(b, first_task_id, 'pending'), set(a, last_task_id, 'blocked')]);
    expect(await done(a, 'get_goal', { goal_id: id })).toMatchObject({ status: 'in_progress', completed_tasks: 0 });
  }
});
