import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { functions } from '../../src/store/functions/index.ts';
import { migrate } from '../../src/store/migrate.ts';
import { wireValues } from '../../src/store/wire-types.ts';
import { aGoal, aSubtask } from '../support/builders.ts';
import { aCall } from '../support/database.ts';
import { type PlanNode, readsWholeWorkspace, scansOf } from '../support/plans.ts';
import { loadFunctions } from '../support/statements.ts';

const plain = (name: string) => name.replace(/_[0-9a-f]{8}$/, '');

let client: pg.Client;
let given: Record<string, () => Record<string, unknown>>;

beforeAll(async () => {
  const { call, connection } = await aCall();
  const { workspaceId } = call.store;
  const [goal = ''] = await Promise.all(
    Array.from({ length: 200 }, () => aGoal(call, 'a goal', ['api', 'web'], ['ui', 'q3'])),
  );
  const chain = Array.from({ length: 1_000 }, (_, n) =>
    aSubtask({ dependencies: n % 2 === 1 ? [`#${n}`] : [], labels: ['ui', 'api'] }),
  );
  const { taskIds } = await breakDownGoal(call, goal, chain);
  await breakDownGoal(call, goal, chain);
  for (let n = 0; n < 300; n += 50)
    await claimTasks(call, { taskIds: taskIds.slice(n, n + 50), limit: 50, leaseSeconds: 900 });
  const base = { workspaceId, textLimit: 240, taskIdLimit: 10, actor: 'tester' };
  const changed = { words: null, keptWeights: ['a'] };
  const status = { place: 0, status: 'completed', result: null, has_result: true, fence: null, words: '' };
  given = {
    add_note: () => ({ ...base, id: 1, taskId: taskIds[3], goalId: null, text: 'x', block: 0, words: "'1.0:x':1a" }),
    claim_tasks: () => ({
      ...{
        ...base,
        limit: 1,
        leasesOperation: randomUUID(),
        leaseSeconds: 900,
        goalId: null,
        taskIds: null,
        labels: null,
        fence: null,
      },
      maxAttempts: 5,
    }),
    claim_for_many: () => ({
      ...{ ...base, leasesOperation: randomUUID(), goalId: null, maxAttempts: 5 },
      claims: Array.from({ length: 20 }, (_, n) => ({
        ...{ operation: randomUUID(), actor: `agent-${n}`, limit: 2, lease_seconds: 900 },
      })),
    }),
    create_goal: () => ({
      ...{
        ...base,
        id: 'GOAL-9999',
        number: 9_999,
        description: 'x',
        priority: 'low',
        repos: [],
        labels: [],
        dueAt: null,
        strict: false,
        parentGoalId: goal,
        metadata: {},
      },
      ...{ block: 0, words: "'1.0:x':1a" },
    }),
    advance_ready_starts: () => ({ workspaceId }),
    forget_ready_starts: () => ({ workspaceId }),
    move_ready_starts_back: () => ({ workspaceId, taskIds: taskIds.slice(0, 10), goalIds: [goal] }),
    notify_resources: () => ({ workspaceId }),
    count_sub_goals: () => ({
      ...{ workspaceId, operation: 1, goalIds: [goal] },
      ...{ totals: [1], opened: [1], restarts: [true] },
    }),
    delete_task: () => ({ ...base, taskId: taskIds[4] }),
    end_deferrals: () => ({ workspaceId, operation: randomUUID() }),
    edit_task: () => ({ ...base, taskId: taskIds[5], change: { priority: 'high' }, ...changed }),
    finish_and_claim: () => ({
      ...{ ...base, leasesOperation: randomUUID(), taskId: taskIds[20], leaseSeconds: 900, maxAttempts: 5 },
      ...{ changes: { [taskIds[20] as string]: status }, keptWeights: ['a'] },
    }),
    release_tasks: () => ({ ...base, taskIds: [taskIds[0]], reason: null, fence: null }),
    set_task_statuses: () => ({
      ...base,
      changes: Object.fromEntries(taskIds.slice(10, 20).map((id, place) => [id, { ...status, place }])),
      keptWeights: ['a'],
    }),
    update_goal: () => ({
      ...{
        ...base,
        goalId: goal,
        description: 'y',
        priority: null,
        status: 'completed',
        repos: null,
        labels: null,
        changesDueAt: false,
        dueAt: null,
        strict: null,
        changesParent: true,
        parentGoalId: null,
        metadata: {},
      },
      ...{ removedKeys: [], ...changed },
    }),
  };
  client = new pg.Client(connection);
  await client.connect();
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_format = json; set client_min_messages = log`);
  return () => client.end();
});

describe('a function of the schema', () => {
  it('is known to the migration runner', async () => {
    const all = (await loadFunctions()).map(({ name }) => name);
    expect(functions.map(({ name }) => name).toSorted()).toEqual(all.toSorted());
  });

  it('is made again where it is missing, and nothing else is done', async () => {
    const { connection, sql } = await aCall();
    const names = async () => (await sql.query(`select proname from pg_proc where proname ~ '_[0-9a-f]{8}$'`)).rows;
    const before = await names();
    expect(before).toHaveLength(functions.length);
    const { name } = functions[0];
    await sql.query(`drop function ${name}`);
    expect(await names()).toHaveLength(functions.length - 1);
    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(connection)));
    expect(ran.flat()).toEqual([]);
    expect(await names()).toHaveLength(functions.length);
  });

  it.each(functions.map((each) => [plain(each.name), each] as const))(
    '%s finds rows by their keys, in a session that has used it often',
    async (name, { call }) => {
      await client.query('analyze');
      const plans: PlanNode[] = [];
      const listen = ({ message = '' }: { message?: string | undefined }) => {
        const json = /plan:\n([\s\S]*)$/.exec(message)?.[1];
        if (json !== undefined) plans.push(JSON.parse(json).Plan);
      };
      for (let times = 0; times < 8; times += 1) {
        plans.length = 0;
        client.on('notice', listen);
        const params = { operation: randomUUID(), ...given[name]?.() };
        await client.query('begin');
        await client.query(call.text, wireValues({ statement: call, params }));
        await client.query('rollback');
        client.off('notice', listen);
      }
      expect(plans.length).toBeGreaterThan(1);
      expect(plans.flatMap((plan) => scansOf(plan)).filter(readsWholeWorkspace)).toEqual([]);
    },
  );
});
