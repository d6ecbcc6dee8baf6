import { expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });
const { request } = service;

/** The value of one series. */
async function measured(series: string): Promise<number> {
  const { text } = await request('GET', '/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  if (line === undefined) throw new Error(`${series} is not measured:\n${text.slice(0, 2_000)}`);
  return Number(line.slice(series.length + 1));
}

test('calls, errors and durations are counted by tool, over REST and MCP', async () => {
  await request('POST', '/api/v1/goals', { body: { description: 'Measured' } });
  await request('GET', '/api/v1/goals/GOAL-99999');
  const client = await service.mcpClient('modern');
  await client.callTool({ name: 'create_goal', arguments: { description: 'Measured, too' } });
  expect(await measured('goal_agent_calls_total{tool="create_goal",outcome="ok"}')).toBe(2);
  expect(await measured('goal_agent_calls_total{tool="get_goal",outcome="not_found"}')).toBe(1);
  expect(await measured('goal_agent_call_seconds_count{tool="create_goal"}')).toBe(2);
});

test('the state of the work, the pool and the history is measured', async () => {
  const { body: goal } = await request('POST', '/api/v1/goals', { body: { description: 'Work' } });
  const subtasks = [{ description: 'a' }, { description: 'b' }, { description: 'c', dependencies: ['#1'] }];
  await request('POST', `/api/v1/goals/${goal.id}/tasks`, { body: { subtasks } });
  const events = await measured('goal_agent_last_event');
  await request('POST', '/api/v1/claims', { body: { goal_id: goal.id } });
  expect(await measured('goal_agent_tasks{state="ready"}')).toBe(1);
  expect(await measured('goal_agent_tasks{state="in_progress"}')).toBe(1);
  expect(await measured('goal_agent_claims')).toBe(1);
  expect(await measured('goal_agent_leases_run_out')).toBe(0);
  expect(await measured('goal_agent_last_event')).toBeGreaterThan(events);
  expect(await measured('goal_agent_pool{state="open"}')).toBeGreaterThan(0);
  expect(await measured('goal_agent_up')).toBe(1);
});

test('the place in the trace of a caller is in the log', async () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await request('GET', '/api/v1/goals', { headers: { traceparent: trace } });
  await request('GET', '/api/v1/goals', { headers: { traceparent: 'nonsense\\u0000' } });
  await expect.poll(() => service.log()).toContain(trace);
  expect(service.log()).not.toContain('nonsense');
});
