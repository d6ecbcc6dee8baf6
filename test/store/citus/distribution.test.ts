import { describe, expect, inject, it } from 'vitest';
import { breakDownGoal } from '../../../src/service/break-down-goal.ts';
import { claimTasks } from '../../../src/service/claims.ts';
import { setTaskStatuses } from '../../../src/service/set-task-statuses.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { aGoal, aSubtask } from '../../support/builders.ts';
import { aClient } from '../../support/conversation.ts';
import { aDatabase, aStore, callsOf } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';

const placed = `
  select c.relname as name, p.partmethod::text as method, p.repmodel::text as model
  from pg_class c
  left join pg_dist_partition p on p.logicalrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'goal_agent_migrations'
  order by 1`;

describe.skipIf(inject('citus') === '')('on a Citus', () => {
  it('init distributes tables with their rows when workspaces is a reference table, and a new table later', async () => {
    const connection = await aDatabase({ empty: true });
    await migrate(connection);
    const sql = await aClient(connection);
    const call = { store: await aStore(connection), actor: 'ann' };
    const goal = await aGoal(call);
    await breakDownGoal(call, goal, [aSubtask(), aSubtask()]);
    await call.store.database.close();
    expect((await sql.query(placed)).rows.filter(({ method }) => method !== null)).toEqual([]);

    await sql.query(`select create_reference_table('workspaces')`);
    const ran = await Promise.all([migrate(connection), migrate(connection), migrate(connection)]);
    expect(ran.flat()).toEqual([]);
    const { rows } = await sql.query(placed);
    expect(rows.filter(({ name, method }) => method !== (name === 'workspaces' ? 'n' : 'h'))).toEqual([]);
    const colocated = await sql.query(
      `select distinct colocationid from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
       where c.relnamespace = current_schema()::regnamespace and p.partmethod = 'h'`,
    );
    expect(colocated.rows).toHaveLength(1);
    expect((await sql.query('select id from goals')).rows).toEqual([{ id: goal }]);
    expect(
      (
        await sql.query(
          `select proname from pg_proc where pronamespace = current_schema()::regnamespace and proconfig is not null`,
        )
      ).rows,
    ).toEqual([]);

    // as a migration would have made it
    await sql.query(`select undistribute_table('events')`);
    await migrate(connection);
    expect((await sql.query(placed)).rows.find(({ name }) => name === 'events')).toMatchObject({ method: 'h' });
    const after = { store: await aStore(connection), actor: 'ann' };
    await setTaskStatuses(after, [{ taskId: 'TASK-0001', status: 'completed' }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });

  it('eight agents claim and complete each task exactly once, and the last one completes the goal', async () => {
    const { calls, sql } = await callsOf('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const goal = await aGoal(calls[0]);
    await breakDownGoal(
      calls[0],
      goal,
      Array.from({ length: 40 }, () => aSubtask()),
    );
    const claimed: string[] = [];
    await Promise.all(
      calls.map(async (call) => {
        for (;;) {
          const [task] = await claimTasks(call, { goalId: goal, limit: 1, leaseSeconds: 900 });
          if (task === undefined) return;
          claimed.push(task.id);
          await setTaskStatuses(call, [{ taskId: task.id, status: 'completed' }]);
        }
      }),
    );
    expect(claimed).toHaveLength(40);
    expect(new Set(claimed).size).toBe(40);
    expect((await sql.query('select status from goals')).rows).toEqual([{ status: 'completed' }]);
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
