import { beforeAll, describe, expect, test } from 'vitest';
import { planSettings } from '../../src/store/session.ts';
import { aClient, aConversation } from '../support/conversation.ts';
import { eras } from '../support/server-process.ts';
import { loadStatements } from '../support/statements.ts';

interface Listed {
  tasks: { id: string; goal_id: string; status: string; description: string; claimed_by?: string; result?: unknown }[];
  count: number;
  next_cursor?: string;
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));

describe.each(conversations)('in the $era era', ({ ask, refusal, sql, server }) => {
  let goals: string[];
  const list = (args: Record<string, unknown> = {}) => ask<Listed>('list_tasks', args);
  const idsOf = async (args: Record<string, unknown> = {}) => (await list(args)).tasks.map(({ id }) => id);
  const id = (number: number) => `TASK-${String(number).padStart(4, '0')}`;

  beforeAll(async () => {
    goals = [];
    for (const description of ['a', 'b']) goals.push((await ask<{ id: string }>('create_goal', { description })).id);
    await ask('break_down_goal', {
      goal_id: goals[0],
      subtasks: [
        { description: '1', repo: 'api', type: 'bug' },
        { description: '2', repo: 'api' },
        { description: '3', type: 'bug' },
        { description: '4' },
      ],
    });
    const subtasks = [
      { description: '5', repo: 'api', type: 'bug' },
      { description: '6', repo: 'web' },
      { description: '7' },
    ];
    await ask('break_down_goal', { goal_id: goals[1], subtasks });
    await ask('update_task_status', { task_id: id(1), status: 'failed', result: 'no' });
    await ask('update_task_status', { task_id: id(2), status: 'completed' });
    await ask('update_task_status', { task_id: id(6), status: 'blocked' });
    await ask('claim_tasks', { task_ids: [id(3), id(5)], agent: 'bob' });
    await ask('claim_tasks', { task_ids: [id(4)], agent: 'bob-12ab34cd' });
    await ask('claim_tasks', { task_ids: [id(7)], agent: 'bobby' });
  });

  test.each<[string, Record<string, unknown>, number[]]>([
    ['nothing', {}, [7, 6, 5, 4, 3, 2, 1]],
    ['status', { status: 'in_progress' }, [7, 5, 4, 3]],
    ['status completed', { status: 'completed' }, [2]],
    ['repository', { repo: 'api' }, [5, 2, 1]],
    ['type', { type: 'bug' }, [5, 3, 1]],
    ['the general type', { type: 'general' }, [7, 6, 4, 2]],
    ['agent, in any of its processes', { agent: 'bob' }, [5, 4, 3]],
    ['one process of an agent', { agent: 'bob-12ab34cd' }, [4]],
    ['goal', { goal_id: 'goal-1' }, [4, 3, 2, 1]],
    ['several at once', { repo: 'api', type: 'bug', status: 'failed' }, [1]],
    ['goal and agent', { goal_id: 'GOAL-0002', agent: 'bob' }, [5]],
    ['what nothing is', { repo: 'none' }, []],
  ])('list_tasks finds tasks by %s, newest first', async (_what, args, numbers) => {
    expect(await list(args)).toMatchObject({ count: numbers.length });
    expect(await idsOf(args)).toEqual(numbers.map(id));
  });

  test('a task has what it has, and nothing that is empty', async () => {
    const [first] = (await list({ status: 'failed' })).tasks;
    expect(first).toMatchObject({ id: id(1), goal_id: goals[0], result: 'no', repo: 'api', type: 'bug' });
    expect(first).not.toHaveProperty('completed_at');
    expect(first).not.toHaveProperty('dependencies');
  });

  test('what is in a goal that was given up is in the list too', async () => {
    await ask('update_goal', { goal_id: goals[1], status: 'cancelled' });
    expect(await idsOf({ status: 'blocked' })).toEqual([id(6)]);
    await ask('update_goal', { goal_id: goals[1], status: 'in_progress' });
  });

  test('a lease that ran out holds nothing', async () => {
    await sql.query("update claims set expires_at = now() - interval '1 second' where task_id = $1", [id(7)]);
    expect(await idsOf({ agent: 'bobby' })).toEqual([]);
  });

  test('pages leave none out and show none twice, past the number 9,999 too', async () => {
    await sql.query(`update counters set next = 9990 where kind = 'task'`);
    const subtasks = Array.from({ length: 40 }, (_, n) => ({ description: 'x'.repeat(n * 30 + 1), repo: 'many' }));
    await ask('break_down_goal', { goal_id: goals[0], subtasks });
    for (const limit of [7, 40, 200]) {
      const seen: string[] = [];
      for (let cursor: string | undefined, pages = 0; pages < 20; pages += 1) {
        const page: Listed = await list({ repo: 'many', limit, ...(cursor !== undefined && { cursor }) });
        expect(page.tasks.length).toBeLessThanOrEqual(limit);
        seen.push(...page.tasks.map((task) => task.id));
        cursor = page.next_cursor;
        if (cursor === undefined) break;
      }
      expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => `TASK-${10_029 - n}`));
    }
  });

  test('wrong arguments are refused', async () => {
    expect(await refusal('list_tasks', { goal_id: 'GOAL-0999' })).toContain('GOAL-0999 does not exist.');
    expect(await refusal('list_tasks', { cursor: 'x' })).toContain('cursor is not one that list_tasks gave');
    expect(await refusal('list_tasks', { limit: 201 })).toContain('200');
  });

  test('a page is within the bound of an answer', async () => {
    await sql.query(`update tasks set description = repeat('\u0001', 10000), jira_ticket = repeat('"', 200)`);
    const { text } = await server.call('list_tasks', { limit: 200 });
    expect(text.length).toBeLessThan(20_000);
    expect(JSON.parse(text).next_cursor).toBeDefined();
  });
});

describe('a page of list_tasks is one scan of one index', async () => {
  const { database, sql } = await aConversation('modern');
  const statements = (await loadStatements()).filter(
    ({ name }) => name.startsWith('list_tasks') && !/_(by_id|of_goal)$/.test(name),
  );
  const indexes: Record<string, string> = {
    list_tasks: 'tasks_of_status',
    list_tasks_by_goal: 'tasks_of_goal',
    list_tasks_by_status: 'tasks_of_status',
    list_tasks_by_repo: 'tasks_of_repo',
    list_tasks_by_type: 'tasks_of_type',
    list_tasks_by_repo_and_type: 'tasks_of_repo_and_type',
    list_tasks_by_agent: 'tasks_pkey',
    list_tasks_by_label: 'tasks_pkey',
    list_tasks_by_label_and_status: 'tasks_pkey',
  };
  /** What a scan of the tasks looks for: their numbers, where it is not the tasks that another table names. */
  const sought: Record<string, string> = {
    list_tasks_by_agent: 'id = ANY',
    list_tasks_by_label: 'id = l.task_id',
    list_tasks_by_label_and_status: 'id = l.task_id',
  };
  const indexesOfLabels: Record<string, string[]> = {
    list_tasks_by_label: ['task_labels_of_label'],
    list_tasks_by_label_and_status: ['task_labels_of_status'],
  };
  const client = await aClient(database);

  beforeAll(async () => {
    await sql.query(`
      insert into workspaces (id, name) overriding system value values (9, 'many');
      insert into goals (workspace_id, id, number, description, priority, status, repos, metadata)
      select 9, 'GOAL-' || n, n, 'x', 'medium', 'in_progress', '{}', '{}' from generate_series(1, 50) n;
      insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, assigned_tools, completed_at)
      select 9, 'TASK-' || n, n, 'GOAL-' || 1 + n % 50, 'x', case when n % 10 = 0 then 'bug' else 'general' end,
        case when n % 100 = 0 then 'in_progress' else (array['pending', 'completed', 'failed', 'blocked'])[1 + n % 4] end::task_status,
        'medium', case when n % 5 = 0 then 'api' end, '{}', case when n % 4 = 1 and n % 100 <> 0 then now() end
      from generate_series(1, 20000) n;
      update tasks set labels = '{ui,x}' where workspace_id = 9 and number % 3 = 0;
      insert into task_labels (workspace_id, task_id, label, number, priority, status, ready)
      select 9, t.id, l.label, t.number, t.priority, t.status, true from tasks t cross join unnest(t.labels) as l (label) where t.workspace_id = 9;
      insert into claims (workspace_id, task_id, holder, expires_at)
      select 9, 'TASK-' || n * 100, 'bob', now() + interval '1 hour' from generate_series(1, 200) n;
      analyze`);
    for (const setting of planSettings) await client.query(`set ${setting}`);
  });

  test('each of them is looked at', () => {
    expect(statements.map(({ name }) => name).toSorted()).toEqual(Object.keys(indexes).toSorted());
  });

  test.each(statements)('$name', async ({ name, text }) => {
    await client.query(`prepare planned as ${text}`);
    const { rows } = await client
      .query(
        `explain (analyze, buffers, format json) execute planned(9, 240, 50, 15000, 'GOAL-7', 'failed', 'api', 'bug', 'bob', ${name.startsWith('list_tasks_by_label') ? `'{ui}'` : 'null'})`,
      )
      .finally(() => client.query('deallocate planned'));
    const nodes = (node: Record<string, unknown>): Record<string, unknown>[] => [
      node,
      ...((node.Plans as Record<string, unknown>[]) ?? []).flatMap(nodes),
    ];
    const scansOf = (table: string) =>
      nodes(rows[0]['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === table);
    const scans = scansOf('tasks');
    expect(scansOf('task_labels').map((node) => node['Index Name'])).toEqual(indexesOfLabels[name] ?? []);
    expect(scans.map((node) => [node['Node Type'], node['Index Name']])).toEqual([['Index Scan', indexes[name]]]);
    expect(scans[0]?.['Index Cond']).toContain(sought[name] ?? 'number');
  });
});
