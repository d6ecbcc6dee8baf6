import { expect, test } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { chooseTools, defaultToolsets } from '../../src/tools/toolsets.ts';
import { aClient } from '../support/conversation.ts';
import { aDatabase } from '../support/database.ts';
import { aServerForTest } from '../support/server-process.ts';

const byDefault = chooseTools({ names: defaultToolsets, readOnly: false }).map((tool) => tool.name);

const namesOf = async (env: Record<string, string>) => {
  const { client } = await aServerForTest({ database: await aDatabase(), env });
  return (await client.listTools()).tools.map((tool) => tool.name);
};

test('core is the fourteen tools of v3.0, team what agents need together, and both are offered unless somebody says otherwise', async () => {
  const core = await namesOf({ GOAL_AGENT_TOOLSETS: 'core' });
  const team = await namesOf({ GOAL_AGENT_TOOLSETS: 'team' });
  expect(core).toHaveLength(14);
  const templates = await namesOf({ GOAL_AGENT_TOOLSETS: 'templates' });
  expect([...core, ...team, ...templates].toSorted()).toEqual(tools.map((tool) => tool.name).toSorted());
  expect([...core, ...team].toSorted()).toEqual(byDefault.toSorted());
  expect(await namesOf({})).toEqual(byDefault);
});

test('a toolset that does not exist is told by every call, with its name and what there is', async () => {
  const server = await aServerForTest({ database: await aDatabase(), env: { GOAL_AGENT_TOOLSETS: 'core,everything' } });
  expect((await server.client.listTools()).tools.map((tool) => tool.name)).toEqual(byDefault);
  expect((await server.call('list_goals')).error).toMatch(/GOAL_AGENT_TOOLSETS.*"everything".*core, team, templates/);
  expect(server.stderr()).toMatch(/"everything".*core, team, templates/);
});

test('a read-only server offers what changes nothing, and its session refuses every change', async () => {
  const database = await aDatabase();
  const writer = await aServerForTest({ database });
  await writer.call('create_goal', { description: 'to read' });
  const reader = await aServerForTest({ database, env: { GOAL_AGENT_READ_ONLY: 'true' } });
  const listed = (await reader.client.listTools()).tools;
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.filter((tool) => tool.annotations?.readOnlyHint !== true)).toEqual([]);
  expect((await reader.call('list_goals')).answer).toMatchObject({ count: 1 });
  const getTask = (name: string) => /^(get_task|batch_get_tasks)$/.test(name);
  for (const tool of listed.filter(({ name }) => !getTask(name))) {
    const { error } = await reader.call(tool.name, argumentsFor(tool.name));
    expect(error, tool.name).toBeUndefined();
  }
  const sql = await aClient(database);
  const { rows } = await sql.query('select count(*)::int4 as goals from goals');
  expect(rows).toEqual([{ goals: 1 }]);
});

test('a read-only server does not bring an empty database up to date', async () => {
  const database = await aDatabase({ empty: true });
  const server = await aServerForTest({ database, env: { GOAL_AGENT_READ_ONLY: 'true' } });
  expect((await server.call('list_goals')).error).toMatch(/Run goal-agent init/);
  const sql = await aClient(database);
  expect((await sql.query("select from pg_tables where schemaname = 'public'")).rowCount).toBe(0);
});

function argumentsFor(tool: string): Record<string, unknown> {
  if (/goal$|plan$/.test(tool)) return { goal_id: 'GOAL-0001' };
  if (tool === 'search') return { query: 'read' };
  return {};
}
