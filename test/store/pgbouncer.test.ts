import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { breakDownGoal } from '../../src/service/break-down-goal.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { claimTasks } from '../../src/service/claims.ts';
import { createGoal, getGoal } from '../../src/service/goals.ts';
import { listGoals } from '../../src/service/list-goals.ts';
import { undo } from '../../src/service/undo.ts';
import { step } from '../../src/store/database.ts';
import { defineStatement } from '../../src/store/statement.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { claimTasks as claimTasksTool } from '../../src/tools/claim-tasks.ts';
import { ask } from '../service/waits/support.ts';
import { afterFile } from '../support/after-file.ts';
import { aSubtask } from '../support/builders.ts';
import { aClient } from '../support/conversation.ts';
import { answersOfEachWritingTool } from '../support/each-writing-tool.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { aPgBouncer, findPgBouncer, type PgBouncer } from '../support/pgbouncer.ts';
import { type Ended, runProgram } from '../support/run-program.ts';
import { type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

const sleep = defineStatement({
  name: 'test_sleep',
  params: { seconds: 'float8' },
  columns: { done: 'bool' },
  text: 'select true as done from (select pg_sleep($1)) as slept',
});

describe.skipIf(findPgBouncer() === undefined)('PgBouncer', () => {
  let server: ServerPostgres;
  let home: string;
  const poolers = {} as Record<'session' | 'transaction', PgBouncer>;

  beforeAll(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'goal-agent-pgbouncer-home-'));
    server = await startServerPostgres();
    // two connections for all clients, so that a session's settings would meet another client's statements
    const few = { default_pool_size: 2, server_login_retry: 1 };
    poolers.transaction = await aPgBouncer(server, { mode: 'transaction', settings: few });
    poolers.session = await aPgBouncer(server, { mode: 'session', settings: { server_login_retry: 1 } });
  });
  afterFile(async () => {
    await Promise.all(Object.values(poolers).map((pooler) => pooler.stop()));
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function addressFor({ host, port }: { host: string; port: number }, database: string) {
    return { host, port, user: 'postgres', password: server.password, database };
  }

  async function sql(to: { host: string; port: number }, database: string, ...statements: string[]) {
    const client = new pg.Client(addressFor(to, database));
    await client.connect();
    const results = [];
    for (const statement of statements) results.push(await client.query(statement));
    await client.end();
    return results;
  }

  async function open(
    to: { host: string; port: number },
    database: string,
    more: Partial<StoreOptions> = {},
  ): Promise<Store> {
    const connection = addressFor(to, database);
    const pool = { poolSize: 4, maxOverflow: 4, timeoutMs: 30_000, prepared: true, warn: () => {} };
    const store = await openStore({ connect: async () => connection, workspace: 'default', ...pool, ...more });
    afterFile(() => store.database.close());
    return store;
  }

  /** The program, as a person runs it. */
  function goalAgent(args: string[], env: Record<string, string>): Promise<Ended> {
    const base = { PATH: process.env.PATH, GOAL_AGENT_HOME: home, POSTGRES_USER: 'postgres' };
    return runProgram(args, home, { ...base, ...env });
  }

  const addressOf = ({ host, port }: PgBouncer) => ({ POSTGRES_HOST: host, POSTGRES_PORT: String(port) });

  describe.each([
    ['session', true],
    ['session', false],
    ['transaction', true],
    ['transaction', false],
  ] as const)('in %s mode, with prepared statements %s', (mode, prepared) => {
    const database = `tools_${mode}_${prepared}`;

    it('carries what the tools do, for two processes at once', async () => {
      const settings = ["TimeZone = 'Asia/Tokyo'", "DateStyle = 'German'", "statement_timeout = '1h'"];
      const own = settings.map((setting) => `alter database ${database} set ${setting}`);
      await sql(server, 'postgres', `create database ${database}`, ...own);
      const stores = [
        await open(poolers[mode], database, { prepared }),
        await open(poolers[mode], database, { prepared }),
      ];
      await Promise.all(
        stores.flatMap((store, n) =>
          Array.from({ length: 8 }, async (_, m) => {
            const call = { store, actor: `agent-${n}` };
            const goal = await createGoal(call, { description: `${n}.${m}`, priority: 'low', repos: [], metadata: {} });
            await breakDownGoal(call, goal.id, [aSubtask()]);
            await claimTasks(call, { goalId: goal.id, limit: 1, leaseSeconds: 60 });
            const seen = await getGoal(call, goal.id);
            expect(JSON.stringify(seen)).toContain(goal.created_at);
          }),
        ),
      );
      const call = { store: stores[0] as Store, actor: 'agent-0' };
      await undo(call, undefined);
      const { goals } = await listGoals(call, {}, { limit: 50 });
      expect(goals).toHaveLength(16);
      const [first] = goals;
      expect(Math.abs(Date.now() - Date.parse(first?.created_at ?? ''))).toBeLessThan(60_000);
      await stores[0]?.database.refreshStatistics();
    });

    it('lets a claim wait, and passes no notification on', async () => {
      const stores = [
        await open(poolers[mode], database, { prepared }),
        await open(poolers[mode], database, { prepared }),
      ] as const;
      const [here, there] = stores.map((store, n) => ({ store, actor: `waits-${n}` })) as [PoolCall, PoolCall];
      const goal = await createGoal(there, { description: 'waited for', priority: 'low', repos: [], metadata: {} });
      const waiting = ask(claimTasksTool, here, { goal_id: goal.id, wait_seconds: 60 });
      const { taskIds } = await breakDownGoal(there, goal.id, [aSubtask()]);
      expect(await waiting).toMatchObject({ tasks: [{ id: taskIds[0], claimed_by: 'waits-0' }] });
      expect(stores[0].database.listener.isHearing).toBe(false);
    });

    it('brings the limit of a statement to the server', async () => {
      const { database: hasty } = await open(poolers[mode], database, { prepared, timeoutMs: 500 });
      const start = performance.now();
      await expect(hasty.read({ slept: step(sleep, { seconds: 20 }) })).rejects.toMatchObject({ code: 'cancelled' });
      expect(performance.now() - start).toBeLessThan(2_000);
    });

    it('leaves nothing of ours to other clients', async () => {
      const [timeout, path, statements] = await sql(
        poolers[mode],
        database,
        'show statement_timeout',
        'show search_path',
        'select count(*)::int4 as count from pg_prepared_statements',
      );
      expect(timeout?.rows[0].statement_timeout).toBe('1h');
      expect(path?.rows[0].search_path).toBe('"$user", public');
      expect(statements?.rows[0].count).toBe(0);
    });

    it('refuses a process that only reads every change', async () => {
      const store = await open(poolers[mode], database, { prepared, readOnly: true });
      const goal = { description: 'no', priority: 'low' as const, repos: [], metadata: {} };
      await expect(createGoal({ store, actor: 'reader' }, goal)).rejects.toMatchObject({ code: 'configuration' });
    });
  });

  it('answers each tool that writes as the server does, in transaction mode', async () => {
    await sql(server, 'postgres', 'create database writing');
    const direct = await open(server, 'writing', { workspace: 'direct' });
    // these two meet on each connection to the server, one of them with prepared statements
    const pooled = await open(poolers.transaction, 'writing', { workspace: 'pooled' });
    const unprepared = await open(poolers.transaction, 'writing', { workspace: 'unprepared', prepared: false });
    const [expected, ...answers] = await Promise.all(
      [direct, pooled, unprepared].map((store) => answersOfEachWritingTool({ store, actor: 'ann' })),
    );
    expect(answers).toEqual([expected, expected]);
    expect(await brokenInvariants(await aClient(addressFor(server, 'writing')))).toEqual({});
  });

  it.each(['session', 'transaction'] as const)(
    'lets six init at once make a missing database, in %s mode',
    async (mode) => {
      const env = { ...addressOf(poolers[mode]), POSTGRES_DB: `made_${mode}` };
      const runs = await Promise.all(Array.from({ length: 6 }, () => goalAgent(['init'], env)));
      expect(runs.map(({ code, err }) => ({ code, err }))).toEqual(runs.map(() => ({ code: 0, err: '' })));
      expect(runs.filter(({ out }) => out.includes('(created)'))).toHaveLength(1);
      expect(runs.filter(({ out }) => out.includes('ran 0001'))).toHaveLength(1);
    },
  );

  it('that does not know the database is named, and nothing is made', async () => {
    const databases = [
      `known = host=${server.socketDirectory} port=${server.port}`,
      `postgres = host=${server.socketDirectory} port=${server.port}`,
    ];
    const pooler = await aPgBouncer(server, { mode: 'transaction', databases });
    const { code, err } = await goalAgent(['init'], { ...addressOf(pooler), POSTGRES_DB: 'unlisted' });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/pooler .*does not know this database.*\[databases\]/),
    });
    // listed, and missing on the server: it is made, although PgBouncer takes nobody for 15 seconds after it was missed
    expect(await goalAgent(['init'], { ...addressOf(pooler), POSTGRES_DB: 'known' })).toMatchObject({
      code: 0,
      err: '',
    });
    const [made] = await sql(server, 'postgres', "select from pg_database where datname = 'unlisted'");
    expect(made?.rowCount).toBe(0);
    await pooler.stop();
  });

  it('that lets nobody make the missing database is told with the command that makes it', async () => {
    const databases = [`lonely = host=${server.socketDirectory} port=${server.port}`];
    const pooler = await aPgBouncer(server, { mode: 'session', databases });
    const { code, err } = await goalAgent(['init'], { ...addressOf(pooler), POSTGRES_DB: 'lonely' });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/createdb .*lonely/) });
    await pooler.stop();
  });

  it('that refuses a parameter of the login is told as what it is', async () => {
    const { host, port } = poolers.transaction;
    const url = `postgres://postgres@${host}:${port}/postgres?options=-c%20search_path%3Dwork`;
    const { code, err } = await goalAgent(['init'], { GOAL_AGENT_DATABASE_URL: url });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/unsupported startup parameter: options.*Take it out of GOAL_AGENT_DATABASE_URL/),
    });
  });
});
