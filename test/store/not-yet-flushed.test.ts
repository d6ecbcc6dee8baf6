import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Call, PoolCall } from '../../src/service/call.ts';
import { updateGoal } from '../../src/service/goals.ts';
import { answerOnce } from '../../src/service/requests.ts';
import { setTaskStatus } from '../../src/service/set-task-statuses.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { aClient } from '../support/conversation.ts';
import { aStore } from '../support/database.ts';
import { type MessageWay, openMessageWay } from '../support/message-way.ts';
import { findServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

// A commit can be seen before it is safe. A synchronous standby that is not there holds every flush back, as a slow disk would.

describe.skipIf(findServerPostgres() === undefined)(
  'what is committed, and not yet safe, when its connection is lost',
  () => {
    let call: PoolCall;
    let sql: pg.Client;
    let way: MessageWay;
    /** The same, over `way`. */
    let throughWay: PoolCall;

    beforeAll(async () => {
      const server = await startServerPostgres();
      const { host, port, user, password } = server;
      const connection = { host, port, user, password, database: 'postgres' };
      sql = await aClient(connection);
      call = { store: await aStore(connection), actor: 'tester' };
      way = await openMessageWay(connection);
      throughWay = { store: await aStore(way.connection), actor: 'tester' };
      return async () => {
        await way.close();
        await server.stop();
      };
    });

    const complete = async (by: Call, taskId: string) => {
      await setTaskStatus(by, { taskId, status: 'completed' });
      return { completed: taskId };
    };

    it.each([
      {
        kind: 'a request',
        changing: (taskId: string) =>
          answerOnce(call, { id: 'once', tool: 'update_task_status', args: {} }, (own) => complete(own, taskId)),
        told: 'completed',
      },
      { kind: 'a change', changing: (taskId: string) => complete(call, taskId), told: 'was saved' },
    ])('is told of $kind only when it is safe', async ({ changing, told }) => {
      const taskId = await aTask(call, await aGoal(call));
      await holdFlushes(true);
      let heard: string | undefined;
      const hearing = changing(taskId).then(
        (answer) => {
          heard = JSON.stringify(answer);
        },
        (error) => {
          heard = String(error);
        },
      );
      const first = await waitingFlush();
      await sql.query('select pg_terminate_backend($1)', [first]);
      await expect.poll(statusOf(taskId)).toBe('completed');
      // the next try has seen it by now, and waits as well
      await expect.poll(waitingFlush).not.toBe(first);
      expect(heard).toBeUndefined();
      await holdFlushes(false);
      await hearing;
      expect(heard).toContain(told);
    });

    it('is found by a next try that met it on its way', async () => {
      const goalId = await aGoal(call);
      await holdFlushes(true);
      const renamed = answerOnce(throughWay, { id: 'on its way', tool: 'update_goal', args: {} }, async (own) => {
        const { description } = await updateGoal(own, goalId, { description: 'renamed' });
        return { description };
      });
      await waitingFlush();
      way.cut();
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into operations%'`;
      await expect.poll(async () => (await sql.query(waiting)).rowCount).toBe(1);
      await holdFlushes(false);
      expect(await renamed).toEqual({ description: 'renamed' });
      const { rows } = await sql.query(`select from events where goal_id = $1 and action = 'updated'`, [goalId]);
      expect(rows).toHaveLength(1);
    });

    const statusOf = (taskId: string) => async () =>
      (await sql.query('select status from tasks where id = $1', [taskId])).rows[0]?.status;

    async function holdFlushes(isHeld: boolean): Promise<void> {
      await sql.query(`alter system set synchronous_standby_names = '${isHeld ? 'nobody' : ''}'`);
      await sql.query('select pg_reload_conf()');
      await expect
        .poll(async () => (await sql.query('show synchronous_standby_names')).rows[0]?.synchronous_standby_names)
        .toBe(isHeld ? 'nobody' : '');
    }

    /** The process whose flush waits. */
    async function waitingFlush(): Promise<number> {
      const waiting = `select pid from pg_stat_activity where wait_event = 'SyncRep'`;
      await expect.poll(async () => (await sql.query(waiting)).rowCount, { timeout: 5_000 }).toBe(1);
      return (await sql.query(waiting)).rows[0]?.pid;
    }
  },
);
