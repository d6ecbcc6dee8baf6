import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NewGoal } from '../../src/domain/goal.ts';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { Call } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { createGoal } from '../../src/service/goals.ts';
import { addNote } from '../../src/service/notes.ts';
import { planSettings } from '../../src/store/session.ts';
import { aSubtask, someTasks } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { largeTables, type PlanNode, readsWholeWorkspace, scansOf } from '../support/plans.ts';
import { loadStatements } from '../support/statements.ts';

/** An import, the deletion of a workspace and a repair may touch every row that there is. */
const ofWholeWorkspaces =
  /^(?:overwrite_goals|overwrite_tasks|recount_tasks|follow_task_labels|lock_(?:goals|tasks)_of_workspace|remove_all_\w+)$/;

const writes = (await loadStatements()).filter(
  ({ name, text }) => /\b(?:insert into|update|delete from)\b/.test(text) && !ofWholeWorkspaces.test(name),
);

/** Lists with their filters: however many rows there are, none walks through those that are not asked for. */
const lists = (await loadStatements()).filter(({ name }) =>
  /^list_(?:goals_by|tasks|history|operation_starts|current|finished|last_notes|held_up)/.test(name),
);

describe('who writes', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const { call, connection } = await aCall();
    client = new pg.Client(connection);
    await client.connect();
    // looked at after 100 rows, 400, 1,600, …: five rounds are past the third time, and each table has rows by then
    for (let rounds = 0; rounds < 5; rounds += 1) await work(call);
    return () => client.end();
  });

  it('has the tables analyzed, a minute before anybody else looks', async () => {
    await expect.poll(() => tablesUnknownTo(client), { timeout: 20_000 }).toEqual([]);
  });

  it.each([...writes, ...lists])('finds rows by their keys then: $name', async ({ text, params }) => {
    await client.query(['analyze', ...planSettings.map((setting) => `set ${setting}`)].join('; '));
    const plan = await planOf(client, text, Object.keys(params).length);
    expect(scansOf(plan).filter(readsWholeWorkspace)).toEqual([]);
  });
});

async function work(call: Call): Promise<void> {
  const newGoal: NewGoal = {
    description: 'a goal',
    priority: 'medium',
    repos: ['api', 'web'],
    labels: ['ui'],
    metadata: {},
  };
  const made = await Promise.all(Array.from({ length: 100 }, () => createGoal(call, newGoal)));
  const goals = made.map(({ id }) => id);
  const chain = Array.from({ length: 200 }, (_, n) =>
    aSubtask({ dependencies: n > 0 ? [`#${n}`] : [], labels: ['ui', 'api'] }),
  );
  await someTasks(call, goals[2] as string, 400);
  await claimTasks(call, { goalId: goals[2], limit: 400, leaseSeconds: 900 });
  for (const goal of goals.slice(0, 2)) {
    const { taskIds } = await breakDownGoal(call, goal, chain);
    await Promise.all(taskIds.slice(0, 50).map((taskId) => addNote(call, { taskId }, 'a note')));
  }
}

/** Those that the planner was never told of. */
async function tablesUnknownTo(client: pg.Client): Promise<string[]> {
  const sql = 'select relname from pg_class where relname = any($1) and reltuples <= 0';
  return (await client.query(sql, [largeTables])).rows.map((row) => row.relname);
}

async function planOf(client: pg.Client, text: string, parameters: number): Promise<PlanNode> {
  await client.query(`prepare planned as ${text}`);
  const nulls = Array.from({ length: parameters }, () => 'null').join(', ');
  const { rows } = await client
    .query(`explain (format json) execute planned${parameters > 0 ? `(${nulls})` : ''}`)
    .finally(() => client.query('deallocate planned'));
  return rows[0]['QUERY PLAN'][0].Plan;
}
